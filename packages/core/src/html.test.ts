import { expect, test } from "vitest";
import { html } from "./html";

test("strings are escaped, wherever they stand", () => {
  const text = `<b>"Tom" & 'Jerry'</b>`;
  expect(html`<p title="${text}">${text}</p>`.markup).toBe(
    '<p title="&lt;b&gt;&quot;Tom&quot; &amp; &#39;Jerry&#39;&lt;/b&gt;">' +
      "&lt;b&gt;&quot;Tom&quot; &amp; &#39;Jerry&#39;&lt;/b&gt;</p>",
  );
});

test("what is escaped already is escaped again: it was meant as it reads", () => {
  expect(html`${"&lt;"}`.markup).toBe("&amp;lt;");
});

test("markup is kept, alone and as a list, one on each line", () => {
  const rows = ["a<b", "c"].map((name) => html`<td>${name}</td>`);
  expect(html`<tr>${rows}</tr>${html`<hr>`}`.markup).toBe("<tr><td>a&lt;b</td>\n<td>c</td></tr><hr>");
});

test("numbers are written out; null and an empty list are nothing", () => {
  expect(html`<p>${0} ${-1.5}${null}${[]}</p>`.markup).toBe("<p>0 -1.5</p>");
});
