"""What happens in a network when a link is closed: by its graph, and by its hydraulics.

Graph alone: `graph`, `reach`, `bridges`. Pressures: `network` (the arrays), `solving` (one state),
`closures` (every link in turn). Underneath: `model` and `ordering` lay the arrays out, `newton`
iterates with `losses` (pipes) and `special` (valves, pumps), `lanes` and `powers` do eight at once.
"""
