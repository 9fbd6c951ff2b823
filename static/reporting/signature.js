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
  const strokes = []; // 每一笔是一串点，按不缩放时的尺寸记
  let stroke = null;
  let scale = 1;
  let fitted = "";

  // 画布跟着屏幕走：转动手机、换了字号，写好的按比例重画，装不下的缩小，不拉变形。
  function fit() {
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const dense = Math.max(2, window.devicePixelRatio || 1);
    const asked = [width, height, dense].join();
    if (!width || asked === fitted) return;
    fitted = asked;
    canvas.width = width * dense;
    canvas.height = height * dense;
    const points = strokes.flat();
    const right = Math.max(0, ...points.map((one) => one[0])) + 4;
    const bottom = Math.max(0, ...points.map((one) => one[1])) + 4;
    scale = Math.min(1, width / right, height / bottom);
    pen.setTransform(dense * scale, 0, 0, dense * scale, 0, 0);
    pen.lineWidth = 3;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#111";
    strokes.forEach((one) => one.forEach((to, place) => { if (place) line(one[place - 1], to); }));
  }
  const point = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left - canvas.clientLeft, event.clientY - box.top - canvas.clientTop].map((one) => one / scale);
  };
  function line(from, to) {
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...to);
    pen.stroke();
  }
  function draw(to) {
    line(stroke[stroke.length - 1], to);
    stroke.push(to);
  }
  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    const from = point(event);
    stroke = [from];
    strokes.push(stroke);
    draw([from[0] + 0.1, from[1]]);
  });
  canvas.addEventListener("pointermove", (event) => { if (stroke) draw(point(event)); });
  ["pointerup", "pointercancel"].forEach((name) => canvas.addEventListener(name, () => { stroke = null; }));
  addEventListener("resize", fit);
  if (window.ResizeObserver) new ResizeObserver(fit).observe(canvas);
  panel.querySelector("[data-clear]").addEventListener("click", () => {
    strokes.length = 0;
    fitted = "";
    fit();
    said.textContent = "已清空，请重写。";
  });
  panel.querySelector("[data-use]").addEventListener("click", () => {
    if (!strokes.length) { said.textContent = "框里还没有字，请先手写。"; return; }
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
