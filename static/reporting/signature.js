"use strict";
/* 在屏幕上手写签名；写好的变成一张图片，与上传的走同一条路。没有脚本时用上传。 */
(() => {
  const form = document.querySelector("form[data-signature]");
  const panel = form && form.querySelector("[data-draw]");
  if (!panel || !window.DataTransfer) return;
  const canvas = panel.querySelector("canvas");
  const said = panel.querySelector("[data-said]");
  panel.hidden = false;
  const pen = canvas.getContext("2d");
  let drawn = false;
  let last = null;

  function fit() {
    const dense = Math.max(2, window.devicePixelRatio || 1);
    canvas.width = canvas.clientWidth * dense;
    canvas.height = canvas.clientHeight * dense;
    pen.scale(dense, dense);
    pen.lineWidth = 3;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#111";
    drawn = false;
  }
  const point = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left - canvas.clientLeft, event.clientY - box.top - canvas.clientTop];
  };
  function line(to) {
    pen.beginPath();
    pen.moveTo(...last);
    pen.lineTo(...to);
    pen.stroke();
    last = to;
    drawn = true;
  }
  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    last = point(event);
    line([last[0] + 0.1, last[1]]);
  });
  canvas.addEventListener("pointermove", (event) => { if (last) line(point(event)); });
  ["pointerup", "pointercancel"].forEach((name) => canvas.addEventListener(name, () => { last = null; }));
  panel.querySelector("[data-clear]").addEventListener("click", () => { fit(); said.textContent = "已清空，请重写。"; });
  panel.querySelector("[data-use]").addEventListener("click", () => {
    if (!drawn) { said.textContent = "框里还没有字，请先手写。"; return; }
    canvas.toBlob((blob) => {
      const files = new DataTransfer();
      files.items.add(new File([blob], "签名.png", { type: "image/png" }));
      const input = form.querySelector("input[type=file]");
      input.files = files.files;
      said.textContent = "正在保存签名……";
      form.requestSubmit();
    }, "image/png");
  });
  fit();
})();
