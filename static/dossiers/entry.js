/* 录入页：边输边找委员（姓名、编号、拼音首字母），回车加入；在名单中筛选；Ctrl+Enter 保存。
 * 没有脚本时，各项都是普通输入框，填“张三、李四”即可。 */
(function () {
  "use strict";
  const MOST = 8;
  const SEPARATORS = /[、,，;；\n\t]+/;
  let index = null;

  function members(form) {
    if (!index) {
      index = fetch(form.dataset.members, { credentials: "same-origin" })
        .then((answer) => (answer.ok ? answer.json() : { members: [] }))
        .then((answer) => answer.members)
        .catch(() => []);
    }
    return index;
  }

  /* 越靠前越像：编号或姓名全同，开头相同，其余。 */
  function rank(member, text) {
    if (member.code === text || member.name === text) return 0;
    if (member.code.startsWith(text) || member.name.startsWith(text)) return 1;
    if (member.spelled.some((word) => word === text)) return 1;
    if (member.spelled.some((word) => word.startsWith(text))) return 2;
    if (member.name.includes(text) || member.code.endsWith(text)) return 3;
    return null;
  }

  function found(list, text) {
    const wanted = text.trim().toLowerCase();
    if (!wanted) return [];
    return list
      .map((member) => [rank(member, wanted), member])
      .filter((pair) => pair[0] !== null)
      .sort((one, other) => one[0] - other[0] || (one[1].code < other[1].code ? -1 : 1))
      .slice(0, MOST)
      .map((pair) => pair[1]);
  }

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  function enhance(input, form) {
    const several = input.dataset.pick === "many";
    const label = document.querySelector('label[for="' + input.id + '"]');
    const box = element("div", "entry-pick");
    const typing = element("input", "entry-typing");
    const list = element("ul", "entry-offers");
    const told = element("span", "entry-told");
    let picked = input.value.split(SEPARATORS).map((item) => item.trim()).filter(Boolean);
    let offers = [];
    let at = 0;

    typing.type = "text";
    typing.id = input.id + "-typing";
    typing.autocomplete = "off";
    typing.setAttribute("role", "combobox");
    typing.setAttribute("aria-expanded", "false");
    typing.setAttribute("aria-controls", input.id + "-offers");
    list.id = input.id + "-offers";
    list.setAttribute("role", "listbox");
    list.hidden = true;
    told.setAttribute("role", "status");
    if (label) label.htmlFor = typing.id;
    const needed = input.required;
    input.required = false;
    input.type = "hidden";
    input.after(box);
    box.append(typing, list, told);

    function write() {
      input.value = picked.join("、");
      box.querySelectorAll(".entry-chip").forEach((chip) => chip.remove());
      picked.forEach((item, place) => {
        const chip = element("span", "entry-chip", item);
        const drop = element("button", "entry-drop", "×");
        drop.type = "button";
        drop.setAttribute("aria-label", "去掉" + item);
        drop.addEventListener("click", () => {
          picked.splice(place, 1);
          write();
          typing.focus();
        });
        chip.append(drop);
        typing.before(chip);
      });
      typing.hidden = !several && picked.length > 0;
      typing.placeholder = picked.length ? "" : "姓名、编号或拼音首字母，回车加入";
      typing.required = needed && !picked.length;
    }

    function show(next) {
      offers = next;
      at = 0;
      list.replaceChildren();
      offers.forEach((member, place) => {
        const line = element("li", place === at ? "is-here" : "", member.code + " " + member.name);
        line.id = list.id + "-" + place;
        line.setAttribute("role", "option");
        line.setAttribute("aria-selected", String(place === at));
        line.append(element("small", "", member.sector));
        line.addEventListener("mousedown", (event) => {
          event.preventDefault();
          add(member);
        });
        list.append(line);
      });
      list.hidden = !offers.length;
      typing.setAttribute("aria-expanded", String(!list.hidden));
      point();
    }

    function point() {
      [...list.children].forEach((line, place) => {
        line.className = place === at ? "is-here" : "";
        line.setAttribute("aria-selected", String(place === at));
      });
      if (offers.length) typing.setAttribute("aria-activedescendant", list.id + "-" + at);
      else typing.removeAttribute("aria-activedescendant");
    }

    function add(member) {
      const item = member.code + " " + member.name;
      if (!picked.includes(item)) picked.push(item);
      told.textContent = "";
      typing.value = "";
      show([]);
      write();
      if (several) typing.focus();
      else moveOn();
    }

    function moveOn() {
      const fields = [...form.querySelectorAll("input:not([type=hidden]), select, textarea, button")];
      const next = fields.slice(fields.indexOf(typing) + 1).find((one) => one.offsetParent !== null);
      if (next) next.focus();
    }

    typing.addEventListener("input", () => {
      const text = typing.value;
      members(form).then((all) => {
        if (text === typing.value) show(found(all, text));
      });
    });
    typing.addEventListener("focus", () => members(form));
    typing.addEventListener("blur", () => show([]));
    typing.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        at = (at + (event.key === "ArrowDown" ? 1 : offers.length - 1)) % (offers.length || 1);
        point();
      } else if (event.key === "Enter" && !event.ctrlKey) {
        event.preventDefault();
        const text = typing.value;
        if (!text.trim()) return moveOn();
        members(form).then((all) => {
          const likely = offers.length ? offers[at] : found(all, text)[0];
          if (likely) add(likely);
          else told.textContent = "没有找到“" + text.trim() + "”，请核对。";
        });
      } else if (event.key === "Escape") {
        show([]);
      } else if (event.key === "Backspace" && !typing.value && picked.length) {
        picked.pop();
        write();
      }
    });
    /* 没有回车就提交的，把正在输入的也带上，由服务器核对。 */
    form.addEventListener("submit", () => {
      const rest = typing.value.trim();
      if (rest) input.value = [...picked, rest].join("、");
    });
    write();
  }

  function filterRows(input) {
    const rows = [...document.querySelectorAll("#" + input.dataset.filter + " tbody tr")];
    const form = input.closest("form");
    input.closest(".entry-filter").hidden = false;
    input.addEventListener("input", () => {
      members(form).then((all) => {
        const wanted = input.value.trim().toLowerCase();
        const spelled = new Map(all.map((member) => [member.code, member]));
        rows.forEach((row) => {
          const plain = { code: row.dataset.code, name: row.dataset.name, spelled: [] };
          const member = spelled.get(row.dataset.code) || plain;
          row.hidden = Boolean(wanted) && rank(member, wanted) === null;
        });
      });
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.ctrlKey) return;
      event.preventDefault();
      const first = rows.find((row) => !row.hidden);
      const choice = first && (first.querySelector("input[type=radio]:checked") || first.querySelector("input[type=radio]"));
      if (choice) choice.focus();
    });
  }

  document.querySelectorAll("form.entry-form").forEach((form) => {
    form.querySelectorAll("input[data-pick]").forEach((input) => enhance(input, form));
    form.querySelectorAll("input[data-filter]").forEach(filterRows);
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.ctrlKey) {
        event.preventDefault();
        form.requestSubmit(form.querySelector(".office-primary"));
      }
    });
    const empty = [...form.querySelectorAll("input:not([type=hidden]), select, textarea")].find(
      (field) => field.offsetParent !== null && !field.value && !field.dataset.filter
    );
    if (empty && form.querySelector(".entry-grid .office-field") && !form.querySelector(".entry-marks")) empty.focus();
  });
})();
