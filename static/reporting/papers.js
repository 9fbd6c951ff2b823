"use strict";
/* 填报正文：边写边数字数、自动保存。每次改动先存在本机，停笔几秒或离开输入框时存到服务器；
 * 断网时留在本机，连上后补存；两台设备都改过的，两份都摆出来由本人取舍。
 * 没有脚本时，“保存草稿”照样可用。 */
(() => {
  const form = document.querySelector("form[data-paper]");
  if (!form) return;
  const QUIET = 3000; // 停笔多久后保存（毫秒）
  const LONGEST = 15000; // 一直在写时，最长多久保存一次
  const RETRIES = [3000, 5000, 10000, 20000, 30000];
  const NOT_COUNTED = /[\p{Zs}\p{Zl}\p{Zp}\p{Cc}\p{Cf}\p{Mn}]/gu;
  const key = "paper:" + form.dataset.paper;
  const seen = form.elements.namedItem("seen_version");
  const said = form.querySelector("[data-said]");
  const areas = new Map();
  form.querySelectorAll(".paper-field").forEach((box) => {
    areas.set(box.dataset.name, box.querySelector("textarea, select, input"));
  });

  // 服务器上现有的文字（版本 seen.value）；没有脚本的往返留下的冲突也在这里接上。
  const base = {};
  const conflicts = new Map();
  areas.forEach((area, name) => { base[name] = area.defaultValue ?? area.value; });
  const early = [...areas].some(([name, area]) => area.defaultValue !== undefined && area.value !== base[name]); // 网慢，脚本到之前已经写了
  let saving = false;
  let again = false;
  let closed = false;
  let quiet = 0;
  let firstUnsaved = 0;
  let failures = 0;

  const count = (text) => [...text.replace(NOT_COUNTED, "")].length;
  const clock = (moment) => moment.toTimeString().slice(0, 5);
  const tell = (words, tone) => {
    said.textContent = words;
    said.className = "paper-saved" + (tone ? " is-" + tone : "");
  };

  function dirty() {
    const changed = {};
    areas.forEach((area, name) => { if (area.value !== base[name]) changed[name] = area.value; });
    return changed;
  }
  const isDirty = () => Object.keys(dirty()).length > 0;

  /* 本机 --------------------------------------------------------------- */
  function keep() {
    const values = dirty();
    try {
      if (!Object.keys(values).length) return localStorage.removeItem(key), true;
      const known = { ...base };
      conflicts.forEach((_, name) => { known[name] = null; }); // 还没有取舍：再打开时仍须取舍
      const note = { version: seen.value, base: known, values, at: new Date().toISOString() };
      localStorage.setItem(key, JSON.stringify(note));
      return true;
    } catch {
      return false;
    }
  }
  function kept() {
    try {
      return JSON.parse(localStorage.getItem(key) || "null");
    } catch {
      return null;
    }
  }

  /* 服务器 ------------------------------------------------------------- */
  function body(values) {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
    data.append("seen_version", seen.value);
    Object.entries(values).forEach(([name, text]) => data.append(name, text));
    return data;
  }

  async function save() {
    clearTimeout(quiet);
    if (closed || conflicts.size) return;
    if (saving) { again = true; return; }
    const values = dirty();
    if (!Object.keys(values).length) return;
    saving = true;
    again = false;
    firstUnsaved = 0;
    tell("正在保存……");
    try {
      const answer = await fetch(form.dataset.save, {
        method: "POST", body: body(values), headers: { Accept: "application/json" }, credentials: "same-origin",
      });
      if (answer.redirected || answer.status === 401 || answer.status === 403) {
        closed = true;
        return tell("登录已过期，您写的已存在这台设备上。请重新登录，再打开这一页，会接着写。", "bad");
      }
      const told = await answer.json();
      if (answer.ok) saved(told, values);
      else if (told.reason === "stale") meet(told.version, told.values);
      else { closed = answer.status === 409; tell(told.message + " 您写的还在这台设备上。", "bad"); }
    } catch {
      offline();
    } finally {
      saving = false;
    }
    if (again) later(0);
  }

  function saved(told, values) {
    failures = 0;
    seen.value = told.version;
    Object.assign(base, values);
    keep();
    if (isDirty()) again = true;
    tell("已自动保存 " + told.saved_at, "");
  }

  function offline() {
    const safe = keep();
    tell(safe ? "没有网络，已存在本机（" + clock(new Date()) + "）。连上后会自动保存，请先不要退出登录。"
      : "没有网络，本机也存不下，请不要关闭这一页。", "warn");
    later(RETRIES[Math.min(failures, RETRIES.length - 1)]);
    failures += 1;
  }

  function later(pause) {
    clearTimeout(quiet);
    quiet = setTimeout(save, pause);
  }

  /* 两台设备 ------------------------------------------------------------ */
  // 另一台设备存过：那边没动的一栏照存，两边都动了的摆出来。
  function meet(version, theirs) {
    const clashing = [];
    Object.entries(theirs).forEach(([name, text]) => {
      const area = areas.get(name);
      if (!area) return;
      if (area.value === base[name]) area.value = text;
      else if (text !== base[name] && text !== area.value) clashing.push([name, text]);
      base[name] = text;
      recount(area);
    });
    seen.value = version;
    clashing.forEach(([name, text]) => show(name, text));
    keep();
    if (clashing.length) tell("另一台设备也改过这份材料，两份文字都列出来了，请选用。", "warn");
    else if (isDirty()) again = true;
    else tell("已更新为另一台设备保存的内容。", "");
  }

  function show(name, theirs) {
    const area = areas.get(name);
    const old = conflicts.get(name);
    if (old) old.remove();
    const worded = (value) => area.options ? ([...area.options].find((one) => one.value === value) || {}).text : value;
    const panel = element("div", "paper-conflict");
    panel.setAttribute("role", "alert");
    panel.append(element("p", "", "这一栏在另一台设备上也改过。两份都没有丢，请选一份，或合在一起再改。"));
    const two = element("div", "paper-two");
    two.append(side("这台设备上的", worded(area.value)), side("另一台设备保存的", worded(theirs)));
    const row = element("div", "office-actions");
    // 摆出之后又接着写的，也算这台设备上的。
    const use = (label, choose, primary) => {
      const button = element("button", "office-button" + (primary ? " office-primary" : ""), label);
      button.type = "button";
      button.addEventListener("click", () => {
        const mine = area.value;
        area.value = choose(mine);
        conflicts.delete(name);
        const rest = element("details", "paper-aside");
        two.replaceChildren(side("这台设备上的", worded(mine)), side("另一台设备保存的", worded(theirs)));
        rest.append(element("summary", "", "刚才的两份文字"), two);
        panel.replaceWith(rest);
        recount(area);
        keep();
        area.focus();
        if (isDirty()) later(0);
        else tell("已采用另一台设备保存的文字。", "");
      });
      row.append(button);
    };
    use("用这台设备上的", (mine) => mine, true);
    use("用另一台设备的", () => theirs, false);
    if (area.matches("textarea")) use("两份合在一起", (mine) => [theirs, mine].filter(Boolean).join("\n\n"), false);
    panel.append(two, row);
    area.closest(".paper-field").append(panel);
    conflicts.set(name, panel);
  }
  function side(title, text) {
    const box = element("div", "");
    box.append(element("strong", "", title));
    const words = element("p", "", text || "（空白）");
    words.tabIndex = 0;
    words.setAttribute("aria-label", title);
    words.setAttribute("role", "region");
    box.append(words);
    return box;
  }
  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  /* 字数、提纲、粘贴 ------------------------------------------------------ */
  function recount(area) {
    const line = area.closest(".paper-field").querySelector("[data-count]");
    if (!line) return;
    const length = count(area.value);
    const limit = Number(line.dataset.limit || 0);
    line.querySelector("[data-length]").textContent = length;
    line.classList.toggle("is-over", limit > 0 && length > limit);
    line.querySelector("small").textContent =
      limit && length > limit ? "超出 " + (length - limit) + " 字，请删减后再提交" : "空格和换行不计";
  }

  // 从 Word 粘贴：只留文字，去掉看不见的字符、项目符号和多余的空行。
  function plain(text) {
    return text
      .replace(/\r\n?/g, "\n")
      .replace(/[\u200b-\u200d\u2060\ufeff\u00ad]/g, "")
      .replace(/[\u00a0\u2000-\u200a\u202f]/g, " ")
      .replace(/^[ \t]*[·•●▪◆■➢\uf06c\uf0b7\uf0d8\uf0a7][ \t]*/gm, "")
      .replace(/[ \t]+$/gm, "")
      .replace(/\n{3,}/g, "\n\n");
  }

  function insert(area, text) {
    area.focus();
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  areas.forEach((area) => {
    recount(area);
    area.addEventListener("input", () => {
      recount(area);
      keep();
      if (closed) return;
      const now = Date.now();
      firstUnsaved = firstUnsaved || now;
      later(Math.max(0, Math.min(QUIET, firstUnsaved + LONGEST - now)));
      if (!conflicts.size && failures === 0) tell("还没有保存……", "");
    });
    area.addEventListener("blur", () => { if (failures === 0) save(); });
    if (area.matches("textarea")) area.addEventListener("paste", (event) => {
      const text = event.clipboardData && event.clipboardData.getData("text/plain");
      if (!text) return;
      event.preventDefault();
      insert(area, plain(text));
    });
  });
  form.querySelectorAll("[data-heading]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const area = areas.get("text");
      area.setSelectionRange(area.value.length, area.value.length);
      insert(area, (area.value.trim() ? "\n" : "") + button.dataset.heading + "\n");
    });
  });

  /* 打开时接着写 --------------------------------------------------------- */
  function restore() {
    const note = kept();
    if (!note || !note.values) return;
    let restored = false;
    const clashing = [];
    Object.entries(note.values).forEach(([name, text]) => {
      const area = areas.get(name);
      if (!area || text === base[name]) return;
      if (area.value !== base[name]) return; // 本页已带着没有存上的文字
      area.value = text;
      recount(area);
      restored = true;
      if (note.base && note.base[name] !== base[name]) clashing.push([name, base[name]]);
    });
    if (!restored) { keep(); return; }
    const when = note.at ? clock(new Date(note.at)) : "";
    clashing.forEach(([name, theirs]) => show(name, theirs));
    if (clashing.length) return tell("已找回您上次没来得及保存的文字（" + when + "）；之后另一台设备又保存过，两份都列出来了，请选用。", "warn");
    tell("已找回您上次没来得及保存的文字（" + when + "），正在保存……", "");
    later(1500);
  }

  // 没有脚本的往返留下的另一份文字由页面摆出：以它为已存的，再存即是取用本人的。
  form.querySelectorAll(".paper-field > .paper-conflict .paper-text").forEach((other) => {
    base[other.closest(".paper-field").dataset.name] = null;
  });
  tell("会自动保存：停笔几秒或离开输入框时存一次。", "");
  restore();
  if (early && !conflicts.size && !Object.values(base).includes(null)) { keep(); later(0); }

  addEventListener("online", () => { failures = 0; save(); });
  addEventListener("pagehide", () => {
    keep();
    if (closed || conflicts.size || !isDirty() || saving) return;
    fetch(form.dataset.save, { method: "POST", body: body(dirty()), keepalive: true, credentials: "same-origin" }).catch(() => {});
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
  form.addEventListener("submit", (event) => {
    if (conflicts.size) {
      event.preventDefault();
      conflicts.values().next().value.scrollIntoView();
      return tell("请先选用两份文字中的一份。", "warn");
    }
    if (!navigator.onLine) {
      event.preventDefault();
      keep();
      return tell("没有网络，已存在本机。连上后再点一次。", "warn");
    }
    clearTimeout(quiet);
    closed = true;
    keep();
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
