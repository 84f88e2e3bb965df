"""What both judges need of a URL."""

from urllib.parse import unquote, urlsplit


def split_url(url):
    """("/path", [(name, value)]), decoded; "+" in a query stays what it is."""
    parts = urlsplit(url)
    query = [pair.split("=", 1) if "=" in pair else [pair, ""] for pair in parts.query.split("&") if pair]
    return unquote(parts.path), [(unquote(name), unquote(value)) for name, value in query]
