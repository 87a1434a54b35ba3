"""Reports: text, JSON, Markdown, the Informal Trace Format; one renderer of values for all of them."""
