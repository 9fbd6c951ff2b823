"use strict";
// 任务进行中时，每秒取一次进度；结束后停。没有脚本时，页面上的“刷新”也能看。
(() => {
  const box = document.querySelector("[data-progress]");
  if (!box || box.dataset.finished === "yes") return;
  let pause = 1000;
  const ask = async () => {
    try {
      const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
      if (answer.redirected || !answer.ok) { location.reload(); return; }
      const { finished, html } = await answer.json();
      box.innerHTML = html;
      if (finished) { box.dataset.finished = "yes"; return; }
      pause = Math.min(pause + 100, 3000);
    } catch {
      pause = 5000;
    }
    setTimeout(ask, pause);
  };
  setTimeout(ask, pause);
})();
