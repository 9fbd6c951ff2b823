"use strict";
// 委员码：到点换新的。
(() => {
  const code = document.querySelector("[data-own-code]");
  if (!code) return;
  const left = document.getElementById("left");
  let step = code.dataset.step;
  let ends = Date.now() + Number(left.textContent) * 1000;
  const ask = async () => {
    try {
      const answer = await fetch(code.dataset.ownCode, { headers: { Accept: "application/json" } });
      if (answer.redirected || !answer.ok) { location.reload(); return; }
      const now = await answer.json();
      ends = Date.now() + now.seconds_left * 1000;
      if (String(now.step) !== step) {
        step = String(now.step);
        code.src = `${code.dataset.address}?step=${step}`;
      }
    } catch {
      ends = Date.now() + 3000;
    }
    setTimeout(ask, Math.max(500, ends - Date.now() + 100));
  };
  setTimeout(ask, Math.max(500, ends - Date.now() + 100));
  setInterval(() => { left.textContent = Math.max(0, Math.ceil((ends - Date.now()) / 1000)); }, 500);
})();
