// 录入会议时，“议题”一栏提示年度协商计划中的议题标题；没有本脚本也可以直接填写。
(() => {
  const source = new URL(document.currentScript.src).searchParams.get("titles");
  document.addEventListener("DOMContentLoaded", async () => {
    const box = document.querySelector('input[type="text"][name="topic"]');
    if (!box || !source) return;
    const answer = await fetch(source, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const list = document.createElement("datalist");
    list.id = "topic-titles";
    for (const title of (await answer.json()).titles) {
      const option = document.createElement("option");
      option.value = title;
      list.append(option);
    }
    document.body.append(list);
    box.setAttribute("list", list.id);
    box.setAttribute("autocomplete", "off");
  });
})();
