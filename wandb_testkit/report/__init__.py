"""Shows recorded runs: as text in a failing test, as tables and charts in a terminal, as a page to keep.

`data.to_data` puts a run into plain JSON, and the others read nothing else: `text.runs_section`, `terminal.show`,
`html.write_html` and `html.read_html`. The room reads the words of the kit and knows no implementation.
"""
