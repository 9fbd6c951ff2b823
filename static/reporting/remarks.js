"use strict";
/* 登记表各栏的说明、补充的内容：写的随时存在本机，关掉页面、断网、登录过期都不丢；点了按钮，
 * 服务器答复存好了才从本机清去。两台设备都改过的，两份都摆出来由本人取舍。
 * 没有脚本时，各按钮照样可用。用到 papers.js 里的 paperNotes。 */
(() => {
  const { read, write, clock, say, post, choice } = paperNotes;
  const WHOLE = 3; // 一次点击最多送几回
  const tended = [...document.querySelectorAll("form[data-note]")].map(tend);
  let busy = false;
  tended.forEach((one) => one.restore());
  list();
  document.querySelectorAll("a[data-kept]").forEach((link) => {
    if (read(link.dataset.kept)) link.append("（有上次没写完的）");
  });

  function tend(form) {
    const key = form.dataset.note;
    const said = form.querySelector("[data-said]");
    const seen = form.elements.namedItem("seen_version");
    const button = form.querySelector("button.office-button");
    const press = "“" + button.firstChild.textContent.trim() + "”";
    const file = form.querySelector("input[type=file]");
    const fields = new Map([...form.querySelectorAll("textarea, input[type=date]")].map((one) => [one.name, one]));
    const unsaved = form.hasAttribute("data-unsaved"); // 页面送回的是没有存上的文字
    const base = {}; // 服务器上现有的
    const conflicts = new Map();
    const sent = {};
    fields.forEach((field, name) => { base[name] = unsaved ? null : field.defaultValue; });
    const tell = (words, tone) => say(said, words, tone);
    const same = (one, other) => one === other || (one !== null && other !== null && one.trim() === other.trim());
    const ours = (name, text, known) => ((known || sent)[name] || []).some((one) => same(one, text));

    function dirty() {
      const values = {};
      fields.forEach((field, name) => { if (!same(field.value, base[name])) values[name] = field.value; });
      return values;
    }
    const isDirty = () => Object.keys(dirty()).length > 0;

    function keep() {
      const values = dirty();
      const known = { ...base };
      conflicts.forEach((_, name) => { known[name] = null; }); // 还没有取舍：再打开时仍须取舍
      const note = Object.keys(values).length ? { base: known, values, sent, at: new Date().toISOString() } : null;
      const safe = write(key, note);
      list();
      return safe;
    }

    function show(name, theirs, suggest) {
      const field = fields.get(name);
      const old = conflicts.get(name);
      if (old) old.remove();
      const panel = choice(field, theirs, suggest, () => {
        conflicts.delete(name);
        keep();
        field.focus();
        tell(isDirty() ? "选好了，点" + press + "才算保存。" : "已采用另一台设备保存的文字。", "");
      });
      field.parentElement.append(panel);
      conflicts.set(name, panel);
      reveal();
    }
    function reveal() {
      for (let place = [...fields.values()][0]; place; place = place.parentElement) if (place.matches("details")) place.open = true;
    }

    function restore() {
      const note = read(key);
      if (unsaved) return void keep();
      if (note && note.values && !standsAlready(note.values)) take(note);
      keep();
    }
    // 补充的一条其实已经存上（只是没有收到答复）。
    function standsAlready(values) {
      const known = JSON.parse(form.dataset.known || "[]");
      return known.some((one) => same(one.text, values.text || "") && (!values.date || one.date === values.date));
    }
    function take(note) {
      let found = false;
      Object.entries(note.values).forEach(([name, text]) => {
        const field = fields.get(name);
        if (!field || same(text, base[name]) || same(text, field.value)) return;
        const early = !same(field.value, base[name]); // 网慢，脚本到之前已经写了
        field.value = early && field.matches("textarea") ? text + "\n\n" + field.value : text;
        found = true;
        const known = note.base ? note.base[name] : base[name];
        if (base[name] && known !== base[name] && !ours(name, base[name], note.sent)) show(name, base[name], false);
      });
      if (!found) return;
      reveal();
      const when = note.at ? clock(new Date(note.at)) : "";
      tell("已找回您上次写了没有保存的文字（" + when + "），"
        + (conflicts.size ? "之后另一台设备又保存过，两份都列出来了，请选用。" : "点" + press + "才算保存。")
        + (file ? "证明材料请重新选择。" : ""), "warn");
    }

    // 答复存好为网址，须再送一回为 null，其余为 ""：缘故已经写明。
    async function send() {
      Object.entries(dirty()).forEach(([name, text]) => { sent[name] = [...(sent[name] || []), text].slice(-5); });
      const safe = keep();
      const here = safe ? "您写的已存在这台设备上" : "请不要关闭这一页";
      try {
        const { answer, expired, told } = await post(form.action, new FormData(form));
        if (expired) tell("登录已过期，还没有保存，" + here + "。请重新登录，再打开这一页，会接着写。", "bad");
        else if (told && answer.ok) return told.to;
        else if (told && told.reason === "stale") return meet(told);
        else if (told) tell(told.message + " " + here + "。", "bad");
        else if (answer.status === 404) tell("没有保存：这一条可能已在另一台设备上撤回。请把您写的复制下来，返回后再补充一条。", "bad");
        else tell("系统没有答复，还没有保存，" + here + "。请稍后再点" + press + "。", "warn");
      } catch {
        tell("没有网络，还没有保存，" + here + "（" + clock(new Date()) + "）。连上后再点" + press + "。", "warn");
      }
      return "";
    }
    function meet(told) {
      Object.entries(told.values).forEach(([name, text]) => {
        const field = fields.get(name);
        if (!field) return;
        if (same(field.value, base[name])) field.value = text;
        else if (!same(text, base[name]) && !same(text, field.value) && !ours(name, text)) show(name, text, true);
        base[name] = text;
      });
      seen.value = told.version;
      keep();
      if (conflicts.size) tell("另一台设备也改过，还没有保存。两份文字都列出来了，请选用，再点" + press + "。", "warn");
      else if (file && file.files.length) tell("另一台设备刚改过这一条，请看过再点" + press + "。", "warn");
      else return null;
      return "";
    }

    form.addEventListener("input", () => {
      const safe = keep();
      if (conflicts.size) return;
      if (!isDirty()) return tell("", "");
      tell(safe ? "写的先存在这台设备上，点" + press + "才算保存。" : "这台设备存不下，请写好就点" + press + "。", safe ? "" : "warn");
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (busy) return;
      if (conflicts.size) {
        conflicts.values().next().value.scrollIntoView();
        return tell("请先选用两份文字中的一份。", "warn");
      }
      setBusy(true);
      tell("正在保存……", "");
      let to = null;
      for (let turn = 0; turn < WHOLE && to === null; turn += 1) to = await send();
      if (!to) {
        setBusy(false);
        button.focus();
        return;
      }
      write(key, null);
      leave(to);
    });
    return { restore, isDirty, button, name: form.dataset.name, place: form.closest("section") };
  }

  function setBusy(state) {
    busy = state;
    tended.forEach((one) => { one.button.disabled = state; });
  }

  // 去的是本页另一处时也重新打开：确认到第几栏要重新数。
  function leave(to) {
    const there = new URL(to, location.href);
    if (there.pathname + there.search !== location.pathname + location.search) return location.assign(to);
    history.scrollRestoration = "manual";
    history.replaceState(null, "", to);
    location.reload();
  }
  addEventListener("load", () => {
    if (history.scrollRestoration !== "manual") return;
    history.scrollRestoration = "auto";
    const place = document.getElementById(location.hash.slice(1));
    if (place) place.scrollIntoView();
  });

  // 有写了没存的，在页首和提交处写明是哪几栏。
  function list() {
    const open = tended.filter((one) => one.name && one.isDirty());
    const names = open.map((one) => one.name).join("、");
    document.querySelectorAll("[data-unsaved-list]").forEach((box) => {
      if (box.dataset.names === names) return;
      box.dataset.names = names;
      box.hidden = !open.length;
      const links = open.map((one) => {
        const link = document.createElement("a");
        link.className = "paper-link";
        link.href = "#" + one.place.id;
        link.textContent = one.name;
        return link;
      });
      const line = document.createElement("p");
      line.append("这几栏写了说明，还没有保存，请到那一栏点确认：", ...links);
      box.replaceChildren(line);
    });
  }
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
