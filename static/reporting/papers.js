"use strict";
/* 各填报页共用：存在本机的文字，两台设备的两份文字并排取舍。 */
const paperNotes = (() => {
  function read(key) {
    try {
      return JSON.parse(localStorage.getItem(key) || "null");
    } catch {
      return null;
    }
  }
  // 存不下（或不许存）时为 false。
  function write(key, note) {
    try {
      if (note) localStorage.setItem(key, JSON.stringify(note));
      else localStorage.removeItem(key);
      return true;
    } catch {
      return false;
    }
  }
  const clock = (moment) => moment.toTimeString().slice(0, 5);

  // 读屏软件每写一次念一次：话没有变就不写。
  function say(said, words, tone) {
    const className = "paper-saved" + (tone ? " is-" + tone : "");
    if (said.className !== className) said.className = className;
    if (said.textContent !== words) said.textContent = words;
  }

  // 没有回音的请求最多等一分钟，旧手机上没有这个办法的一直等。
  async function post(address, data) {
    const signal = AbortSignal.timeout ? AbortSignal.timeout(60000) : undefined;
    const answer = await fetch(address, {
      method: "POST", body: data, headers: { Accept: "application/json" }, credentials: "same-origin", signal,
    });
    const expired = answer.redirected || answer.status === 401 || answer.status === 403;
    const isData = (answer.headers.get("Content-Type") || "").startsWith("application/json");
    return { answer, expired, told: !expired && isData ? await answer.json() : null };
  }

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
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

  // 两份文字并排，由本人取舍；摆出之后又接着写的，也算这台设备上的。suggest：先推荐用这台设备上的。
  function choice(area, theirs, suggest, chosen) {
    const worded = (value) => area.options ? ([...area.options].find((one) => one.value === value) || {}).text : value;
    const panel = element("div", "paper-conflict");
    panel.setAttribute("role", "alert");
    panel.append(element("p", "", "这一栏在另一台设备上也改过。两份都没有丢，请选一份，或合在一起再改。"));
    const two = element("div", "paper-two");
    two.append(side("这台设备上的", worded(area.value)), side("另一台设备保存的", worded(theirs)));
    const row = element("div", "office-actions");
    const use = (label, choose, primary) => {
      const button = element("button", "office-button" + (primary ? " office-primary" : ""), label);
      button.type = "button";
      button.addEventListener("click", () => {
        const mine = area.value;
        area.value = choose(mine);
        const rest = element("details", "paper-aside");
        two.replaceChildren(side("这台设备上的", worded(mine)), side("另一台设备保存的", worded(theirs)));
        rest.append(element("summary", "", "刚才的两份文字"), two);
        panel.replaceWith(rest);
        chosen();
      });
      row.append(button);
    };
    use("用这台设备上的", (mine) => mine, suggest);
    use("用另一台设备的", () => theirs, false);
    if (area.matches("textarea")) use("两份合在一起", (mine) => [theirs, mine].filter(Boolean).join("\n\n"), false);
    panel.append(two, row);
    return panel;
  }
  return { read, write, clock, say, post, choice };
})();

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
  const sent = new Map(); // 从这里送出过、还没有回音的文字：服务器上是它，就是自己存的
  areas.forEach((area, name) => { base[name] = area.defaultValue ?? area.value; });
  const early = [...areas].some(([name, area]) => area.defaultValue !== undefined && area.value !== base[name]); // 网慢，脚本到之前已经写了
  let saving = null; // 正在进行的一次保存
  let leaving = false;
  let again = false;
  let closed = false;
  let quiet = 0;
  let firstUnsaved = 0;
  let failures = 0;
  let refused = false;

  const count = (text) => [...text.replace(NOT_COUNTED, "")].length;
  const clock = paperNotes.clock;
  const tell = (words, tone) => paperNotes.say(said, words, tone);

  function dirty() {
    const changed = {};
    areas.forEach((area, name) => { if (area.value !== base[name]) changed[name] = area.value; });
    return changed;
  }
  const isDirty = () => Object.keys(dirty()).length > 0;

  /* 本机 --------------------------------------------------------------- */
  function keep() {
    const values = dirty();
    if (!Object.keys(values).length) return paperNotes.write(key, null);
    const known = { ...base };
    conflicts.forEach((_, name) => { known[name] = null; }); // 还没有取舍：再打开时仍须取舍
    return paperNotes.write(key, {
      version: seen.value, base: known, values, sent: Object.fromEntries(sent), at: new Date().toISOString(),
    });
  }
  function remember(values) {
    Object.entries(values).forEach(([name, text]) => {
      const known = sent.get(name) || [];
      if (!known.includes(text)) sent.set(name, [...known, text].slice(-5));
    });
    keep();
  }

  /* 服务器 ------------------------------------------------------------- */
  function body(values, version) {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
    data.append("seen_version", version || seen.value);
    Object.entries(values).forEach(([name, text]) => data.append(name, text));
    return data;
  }

  async function save() {
    clearTimeout(quiet);
    if (closed || conflicts.size) return;
    if (saving) { again = true; return; }
    const values = dirty();
    if (!Object.keys(values).length) return;
    again = false;
    firstUnsaved = 0;
    saving = send(values);
    await saving;
    saving = null;
    if (again) later(0);
  }

  async function send(values) {
    tell("正在保存……");
    remember(values);
    try {
      const { answer, expired, told } = await paperNotes.post(form.dataset.save, body(values));
      if (expired) {
        closed = true;
        return tell("登录已过期，您写的已存在这台设备上。请重新登录，再打开这一页，会接着写。", "bad");
      }
      if (!told) return offline();
      if (answer.ok) return saved(told, values);
      if (told.reason === "stale") return meet(told, values);
      refused = true;
      closed = answer.status === 409;
      return tell(told.message + " 您写的还在这台设备上。", "bad");
    } catch {
      return offline();
    }
  }

  // 写下的全存好了为 true；存不上的缘故已经写明。
  async function flush() {
    clearTimeout(quiet);
    failures = 0;
    refused = false;
    while (saving || isDirty()) {
      if (saving) await saving;
      else if (closed || conflicts.size || failures || refused) return false;
      else await save();
    }
    return true;
  }

  function saved(told, values) {
    failures = 0;
    seen.value = told.version;
    Object.assign(base, values);
    Object.keys(values).forEach((name) => sent.delete(name));
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
  // 另一台设备存过：那边没动的一栏照存，两边都动了的摆出来。服务器上的正是从这里送出的，不算两份；
  // 这里的早已存好、又被另一台改过的（replaced），用那边的。
  function meet(told, values) {
    const clashing = [];
    Object.entries(told.values).forEach(([name, text]) => {
      const area = areas.get(name);
      if (!area) return;
      const replaced = (told.replaced || []).includes(name) && area.value === values[name];
      if (area.value === base[name] || replaced) area.value = text;
      else if (text !== base[name] && text !== area.value && !(sent.get(name) || []).includes(text)) clashing.push([name, text]);
      base[name] = text;
      sent.delete(name);
      recount(area);
    });
    seen.value = told.version;
    clashing.forEach(([name, text]) => show(name, text, true));
    keep();
    if (clashing.length) tell("另一台设备也改过这份材料，两份文字都列出来了，请选用。", "warn");
    else if (isDirty()) again = true;
    else tell("已更新为另一台设备保存的内容。", "");
  }

  function show(name, theirs, suggest) {
    const area = areas.get(name);
    const old = conflicts.get(name);
    if (old) old.remove();
    const panel = paperNotes.choice(area, theirs, suggest, () => {
      conflicts.delete(name);
      recount(area);
      keep();
      area.focus();
      if (isDirty()) later(0);
      else tell("已采用另一台设备保存的文字。", "");
    });
    area.closest(".paper-field").append(panel);
    conflicts.set(name, panel);
  }

  /* 字数、提纲、粘贴 ------------------------------------------------------ */
  function recount(area) {
    const line = area.closest(".paper-field").querySelector("[data-count]");
    if (!line) return;
    const length = count(area.value);
    const limit = Number(line.dataset.limit || 0);
    const over = limit > 0 && length > limit;
    line.querySelector("[data-length]").textContent = length;
    line.querySelector("small").textContent = over ? "超出 " + (length - limit) + " 字，请删减后再提交" : "空格和换行不计";
    const alarm = line.querySelector("[data-over]");
    if (alarm && over !== line.classList.contains("is-over")) alarm.textContent = over ? "已超过 " + limit + " 字" : ""; // 越过时念一次
    line.classList.toggle("is-over", over);
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
  async function restore() {
    const note = paperNotes.read(key);
    if (!note || !note.values) return;
    const clashing = {};
    const found = Object.entries(note.values).filter(([name, text]) => {
      const area = areas.get(name);
      return area && text !== base[name] && area.value === base[name]; // 否则已存好，或本页已带着没有存上的文字
    });
    if (!found.length) { keep(); return; }
    found.forEach(([name, text]) => {
      const area = areas.get(name);
      const known = (note.sent && note.sent[name]) || [];
      area.value = text;
      recount(area);
      if (!note.base || note.base[name] === base[name] || known.includes(base[name])) return;
      clashing[name] = text;
      conflicts.set(name, document.createElement("span")); // 问清以前不保存
    });
    const asked = Object.fromEntries(Object.entries(clashing).filter(([name]) => note.base[name] !== null && Number(note.version) < Number(seen.value)));
    (await storedBefore(note.version, asked)).forEach((name) => {
      const area = areas.get(name);
      conflicts.delete(name);
      if (area.value !== asked[name]) return show(name, base[name], false); // 问的时候又写了
      area.value = base[name];
      recount(area);
      delete clashing[name];
    });
    Object.keys(clashing).forEach((name) => { if (conflicts.has(name) && !conflicts.get(name).isConnected) show(name, base[name], false); });
    keep();
    if (!isDirty() && !conflicts.size) return;
    const when = note.at ? clock(new Date(note.at)) : "";
    if (conflicts.size) { tell("已找回您上次没来得及保存的文字（" + when + "）；之后另一台设备又保存过，两份都列出来了，请选用。", "warn"); return; }
    tell("已找回您上次没来得及保存的文字（" + when + "），正在保存……", "");
    later(1500);
  }

  // 本机这几栏里，服务器其实存好过、后来又被另一台设备改过的。版本是旧的，问一问存不进去。
  async function storedBefore(version, values) {
    if (!Object.keys(values).length) return [];
    try {
      const { told } = await paperNotes.post(form.dataset.save, body(values, version));
      return (told && told.replaced) || [];
    } catch {
      return [];
    }
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
    remember(dirty());
    fetch(form.dataset.save, { method: "POST", body: body(dirty()), keepalive: true, credentials: "same-origin" }).catch(() => {});
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
  // 先等存好，本机不再留着，再离开这一页。
  form.addEventListener("submit", async (event) => {
    if (leaving) return;
    event.preventDefault();
    const button = event.submitter;
    const done = await flush();
    if (conflicts.size) {
      conflicts.values().next().value.scrollIntoView();
      return tell("请先选用两份文字中的一份。", "warn");
    }
    if (!done || leaving) return;
    if (!navigator.onLine) return tell("没有网络，写的都已保存。连上后再点一次。", "warn");
    leaving = closed = true;
    setTimeout(() => form.requestSubmit(button)); // 这一次提交的事件发完以前，浏览器不理再次提交
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
