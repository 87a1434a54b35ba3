"""Pages of the documentation, as Markdown: ``assay help TOPIC`` shows them."""
