"use strict";
// 签到页：在本页名单里即时筛选，Enter 签到；每五秒取一次其他签到台的结果。没有脚本时，同一张表单照常查找和签到。
(() => {
  const desk = document.querySelector("[data-sign-in]");
  const form = document.getElementById("sign-in");
  if (!desk) return;
  const counts = document.getElementById("counts");
  const told = document.getElementById("told");
  const others = document.getElementById("others");
  const lists = document.getElementById("lists");
  const tabs = [...desk.querySelectorAll("[data-show]")];
  const MOST = 9;
  let shown = desk.dataset.shown;
  const rowOf = (member) => desk.querySelector(`tr[data-member="${member}"]`);

  const replaceRow = (member, html) => {
    const old = rowOf(member);
    const box = document.createElement("tbody");
    box.innerHTML = html;
    const fresh = box.querySelector("tr");
    if (!old || !fresh) return;
    // 名单之外的人一到会，就进本场名单。
    if (fresh.dataset.came && old.closest("#others")) {
      old.remove();
      desk.querySelector("#lists > table tbody").append(fresh);
    } else {
      old.replaceWith(fresh);
    }
    fresh.hidden = !fits(fresh);
  };
  const fits = (row) => row.closest("#others") || shown === "all" || row.dataset.group === shown;
  for (const tab of tabs) {
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      shown = tab.dataset.show;
      for (const other of tabs) other.toggleAttribute("aria-current", other === tab);
      for (const row of lists.querySelectorAll("tr[data-member]")) row.hidden = !fits(row);
    });
  }

  // 其他签到台的结果 ---------------------------------------------------------
  // 自己正在签到时，先问到的结果可能已经旧了：丢掉，下次再取。
  let acts = 0;
  let counted = 0;
  const ask = async () => {
    const before = acts;
    const stale = () => before !== acts;
    try {
      const state = await fetched(desk.dataset.state);
      if (stale()) { setTimeout(ask, 2000); return; }
      const changed = Object.entries(state.marks)
        .filter(([member, mark]) => { const row = rowOf(member); return row && row.dataset.mark !== mark; })
        .map(([member]) => member);
      for (const row of lists.querySelectorAll('tr[data-other][data-came]')) {
        if (!(row.dataset.member in state.marks)) { location.reload(); return; }
      }
      counts.innerHTML = state.counts;
      if (changed.length > 60) { location.reload(); return; }
      if (changed.length) {
        const { rows } = await fetched(`${desk.dataset.state}?rows=${changed.join(",")}`);
        if (stale()) { setTimeout(ask, 2000); return; }
        for (const [member, html] of Object.entries(rows)) replaceRow(member, html);
      }
      if (form && !state.is_open) { location.reload(); return; }
    } catch { /* 下次再取 */ }
    setTimeout(ask, 5000);
  };
  const fetched = async (address, options = {}) => {
    const answer = await fetch(address, { ...options, headers: { Accept: "application/json" } });
    if (answer.redirected) { location.reload(); throw new Error("signed out"); }
    const content = await answer.json();
    return Object.assign(content, { ok: answer.ok });
  };
  setTimeout(ask, 5000);
  if (!form) return;

  // 查找 ---------------------------------------------------------------------
  const box = form.elements.q;
  const hits = document.getElementById("hits");
  let found = [];
  let place = 0;
  let armed = "";
  const typed = () => box.value.toLowerCase().replace(/['\s]/g, "");
  const isCode = (text) => /^wy-\d+-/.test(text);
  const score = (row, text) => {
    const words = row.dataset.find.split(" ");
    const best = words.some((word) => word === text) ? 0
      : words.some((word) => word.startsWith(text)) ? 1
        : words[0].toLowerCase().includes(text) ? 2 : 9;
    return best === 9 ? 99 : best + (row.dataset.came ? 10 : 0) + (row.closest("#others") && desk.querySelector("#lists > table tbody tr") ? 30 : 0);
  };
  const search = () => {
    const text = typed();
    armed = "";
    place = 0;
    found = [];
    if (text && !isCode(text)) {
      found = [...lists.querySelectorAll("tr[data-member]")]
        .map((row) => [score(row, text), row]).filter(([points]) => points < 99)
        .sort((one, two) => one[0] - two[0]).slice(0, MOST).map(([, row]) => row);
    }
    draw();
  };
  const draw = () => {
    hits.replaceChildren(...found.map((row, index) => {
      const line = document.createElement("li");
      const name = document.createElement("strong");
      const code = document.createElement("span");
      const about = document.createElement("span");
      const state = document.createElement("em");
      name.textContent = row.dataset.name;
      code.textContent = row.dataset.code;
      about.textContent = row.dataset.about;
      state.textContent = row.dataset.other && !row.dataset.came ? "不在应到名单" : row.dataset.state;
      line.append(name, code, about, state);
      line.setAttribute("aria-selected", String(index === place));
      line.addEventListener("mousedown", (event) => { event.preventDefault(); place = index; go(); });
      return line;
    }));
    hits.hidden = !typed() || isCode(typed());
    lists.hidden = !hits.hidden;
    if (!found.length && !hits.hidden) {
      const line = document.createElement("li");
      line.textContent = "没有找到。请核对姓名或编号；不是委员的，登记为名册外人员。";
      hits.append(line);
    }
  };
  const tell = (text, tone, undo) => {
    told.className = `desk-told is-${tone}`;
    told.textContent = text;
    if (undo) {
      const link = undo.cloneNode(true);
      link.textContent = "撤销";
      told.append("　", link);
    }
  };
  const clear = () => { box.value = ""; search(); box.focus(); };

  // 签到 ---------------------------------------------------------------------
  const send = async (values, name) => {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    for (const [key, value] of Object.entries(values)) body.set(key, value);
    tell(`正在签到：${name}…`, "warn");
    acts += 1;
    const turn = acts;
    try {
      const answer = await fetched(form.action || location.href, { method: "POST", body });
      if (!answer.ok) { tell(answer.message || "没有签到，请重试。", "bad"); return; }
      acts += 1;
      if (turn > counted) { counts.innerHTML = answer.counts; counted = turn; }
      for (const [member, html] of Object.entries(answer.rows)) replaceRow(member, html);
      const row = rowOf(Object.keys(answer.rows)[0]);
      tell(answer.message, "good", row && row.querySelector('a[href*="/undo/"]'));
    } catch {
      tell(`没有连上服务器，${name} 没有签到，请重试。`, "bad");
    }
  };
  const go = () => {
    const text = typed();
    if (!text) return;
    if (isCode(text)) { const code = box.value.trim(); clear(); send({ q: code }, "委员码"); return; }
    const row = found[place];
    if (!row) return;
    const { member, name } = row.dataset;
    // 不在名单的，多按一次 Enter，免得顺手签错。
    if (row.dataset.other && !row.dataset.came && armed !== member && document.querySelector("#others[data-listed]")) {
      armed = member;
      tell(`${name}不在应到名单。再按一次 Enter，作为名单之外到会登记。`, "warn");
      return;
    }
    clear();
    send({ member }, name);
  };
  box.addEventListener("input", search);
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") { event.preventDefault(); go(); }
    if (event.key === "Escape") { event.preventDefault(); clear(); }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (found.length) place = (place + step + found.length) % found.length;
      armed = "";
      draw();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (button && button.name === "member") {
      send({ member: button.value }, rowOf(button.value).dataset.name);
      box.focus();
    } else {
      go();
    }
  });
  // 光标总在搜索框里：在别处打字也落进来。
  document.addEventListener("keydown", (event) => {
    if (event.target === box || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest && event.target.closest("input, textarea, select")) return;
    if (event.key.length === 1 && event.key !== " ") box.focus();
  });
  window.addEventListener("focus", () => box.focus());
  box.focus();
  search();
})();
