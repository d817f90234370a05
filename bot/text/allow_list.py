"""The HTML that Matrix allows in a message, as the last filter behind everything that makes it."""

import nh3

# Matrix 1.16, client-server API, m.room.message msgtypes: the elements and attributes that
# clients are told to let through.
TAGS = frozenset(
    {
        *("h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "p", "div", "pre", "hr", "br"),
        *("ul", "ol", "li", "table", "caption", "thead", "tbody", "tr", "th", "td"),
        *("a", "b", "i", "u", "s", "strong", "em", "del", "sup", "sub", "code", "span", "font"),
        *("img", "details", "summary"),
    }
)
ATTRIBUTES = {
    "a": {"href", "target"},
    "code": {"class"},
    "div": {"data-mx-maths"},
    "font": {"data-mx-bg-color", "data-mx-color"},
    "img": {"width", "height", "alt", "title", "src"},
    "ol": {"start"},
    "span": {"data-mx-bg-color", "data-mx-color", "data-mx-spoiler", "data-mx-maths"},
}
# The specification also lists ftp and magnet; nothing of ours links there.
URL_SCHEMES = frozenset({"http", "https", "mailto", "mxc"})


def sanitise(html: str) -> str:
    """Return ``html`` well-formed and without anything that is not on the list.

    A fixed point: sanitising twice changes nothing. No-break spaces stay characters.
    """
    cleaned = nh3.clean(
        html,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        attribute_filter=_allowed_value,
        url_schemes=set(URL_SCHEMES),
        link_rel=None,
    )
    return cleaned.replace("&nbsp;", "\u00a0")


def _allowed_value(tag: str, attribute: str, value: str) -> str | None:
    if tag == "code" and not value.startswith("language-"):
        return None
    if attribute == "src" and not value.startswith("mxc://"):
        return None
    if attribute == "href" and value.startswith("mxc:"):
        return None
    return value
