"use strict";
// 会场大屏：每两秒取一次人数；到点换签到码。断线时说明，连上后自己恢复。
(() => {
  const hall = document.querySelector("[data-hall]");
  if (!hall) return;
  const board = document.getElementById("board");
  const code = document.getElementById("code");
  const number = document.getElementById("number");
  const left = document.getElementById("left");
  const trouble = document.getElementById("trouble");
  let ends = Date.now() + (left ? Number(left.textContent) : 20) * 1000;

  const ask = async () => {
    try {
      const answer = await fetch(hall.dataset.hall, { headers: { Accept: "application/json" } });
      if (answer.redirected || answer.status === 403) { location.reload(); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      const now = await answer.json();
      board.innerHTML = now.board;
      trouble.hidden = true;
      if (now.seconds_left !== undefined) ends = Date.now() + now.seconds_left * 1000;
      if (code && !now.is_open) { location.reload(); return; }
      if (code && String(now.step) !== hall.dataset.step) {
        code.src = `${code.dataset.address}?step=${now.step}`;
        number.textContent = now.number;
        hall.dataset.step = String(now.step);
      }
    } catch {
      trouble.hidden = false;
    }
    setTimeout(ask, code ? Math.min(2000, Math.max(300, ends - Date.now() + 100)) : 2000);
  };
  setTimeout(ask, 1000);
  if (left) setInterval(() => { left.textContent = Math.max(0, Math.ceil((ends - Date.now()) / 1000)); }, 500);
})();
