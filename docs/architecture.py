"""Draw the rooms of `ontogeny/` and how they lie on one another, from the imports.

`make architecture` writes docs/figures/architecture.svg and the table of
docs/architecture.md. A room is a package of `ontogeny/`; each study is one, and so is
a module that stands alone. A room lies above all that it imports. Only imports that
follow from no others are drawn: a room may use everything that a way down leads to.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from html import escape
from itertools import pairwise
from pathlib import Path

DOCS = Path(__file__).parent
PACKAGE = DOCS.parent / "ontogeny"
DRAWING = DOCS / "figures" / "architecture.svg"
PAGE = DOCS / "architecture.md"
BEGIN, END = "<!-- rooms -->\n", "<!-- end of rooms -->"

FACES = "faces"
WIDTH, LAYER, BOX, GAP = 1000, 78, 34, 26
# Okabe & Ito's, told apart in every kind of colour blindness; the first two lighter.
STUDY, ROOM, AGAINST = "#fbe3b5", "#d6e8f5", "#d55e00"
INK, LINE = "#1f2933", "#8795a1"

Graph = dict[str, set[str]]


def room_of(parts: tuple[str, ...]) -> str:
    """The room that a module is in, by the parts of its name below `ontogeny`."""
    return "/".join(parts[: 1 + (parts[0] == "studies")])


def is_study(room: str) -> bool:
    """Whether a room is a study's folder."""
    return room.startswith("studies/") and (PACKAGE / room).is_dir()


def is_face(tree: ast.Module) -> bool:
    """Whether a module only hands on names of others."""
    return all(isinstance(node, ast.Expr | ast.ImportFrom | ast.Assign)
               for node in tree.body)  # fmt: skip


def read_modules() -> dict[str, tuple[ast.Module, str]]:
    """Syntax tree and room of each module; the package itself is no room."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(("ontogeny", *parts)).removesuffix(".__init__")
        if name in ("ontogeny", "ontogeny.__main__", "ontogeny.studies"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        alone = len(parts) == 1
        found[name] = tree, FACES if alone and is_face(tree) else room_of(parts)
    return found


def read_rooms() -> Graph:
    """Which rooms each room imports, wherever in its modules."""
    modules = read_modules()
    rooms: Graph = {room: set() for _, room in modules.values()}
    for tree, room in modules.values():
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
                names = [n if n in modules else str(node.module) for n in names]
            rooms[room] |= {modules[name][1] for name in names if name in modules}
    return {room: there - {room} for room, there in rooms.items()}


def reachable(rooms: Graph) -> Graph:
    """All rooms that each one's imports lead to."""
    reach = {room: set(there) for room, there in rooms.items()}
    for middle in rooms:
        for room in rooms:
            if middle in reach[room]:
                reach[room] |= reach[middle]
    return reach


def layers_of(rooms: Graph) -> dict[str, int]:
    """How high each room lies: above all it imports, right below what imports it.

    Studies lie side by side, as do rooms that import each other, which laws forbid.
    """
    studies = {room for room in rooms if is_study(room)}
    one_study = {room: there | (studies if room in studies else set())
                 for room, there in rooms.items()}  # fmt: skip
    reach = reachable(one_study)
    knots = {room: {room} | {one for one in there if room in reach[one]}
             for room, there in reach.items()}  # fmt: skip
    below = {room: set().union(*(rooms[one] for one in knot)) - knot
             for room, knot in knots.items()}  # fmt: skip
    rising = sorted(rooms, key=lambda room: len(reach[room] - knots[room]))
    layers: dict[str, int] = {}
    for room in rising:
        layers[room] = 1 + max((layers[one] for one in below[room]), default=-1)
    for room in reversed(rising):
        above = [layers[one] for one in rooms if below[one] & knots[room]]
        layers |= dict.fromkeys(knots[room], min(above) - 1 if above else layers[room])
    return layers


def drawn_edges(rooms: Graph) -> set[tuple[str, str]]:
    """Imports that follow from no others."""
    reach = reachable(rooms)
    return {
        (room, one)
        for room, there in rooms.items()
        for one in there
        if room in reach[one]
        or not any(one in reach[other] and other not in reach[one]
                   and room not in reach[other] for other in there)
    }  # fmt: skip


def place(
    rooms: Graph, layers: dict[str, int], edges: set[tuple[str, str]]
) -> tuple[dict, dict]:
    """Where boxes stand, and by which points of layers between an import's line goes.

    Rows are ordered by the mean place of what each entry is joined to, above and
    below in turn, which untangles most crossings.

    Returns:
        The middle of every box and of every line's point between, (x, y) in pixels;
        and each line's entries from top to bottom.
    """
    rows: dict[int, list] = defaultdict(list)
    for room in sorted(rooms):
        rows[layers[room]].append(room)
    lines, joined = {}, defaultdict(list)
    for room, one in sorted(edges):
        between = [(room, one, n) for n in range(layers[room] - 1, layers[one], -1)]
        for entry in between:
            rows[entry[2]].append(entry)
        lines[room, one] = entries = [room, *between, one]
        for upper, lower in pairwise(entries):
            joined[upper].append(lower)
            joined[lower].append(upper)
    x = {}
    for row in rows.values():
        _spread(row, x)
    height = {entry: n for n, row in rows.items() for entry in row}
    for sweep in range(24):
        step = 1 if sweep % 2 else -1
        for n in sorted(rows)[::step]:
            mean = {}
            for entry in rows[n]:
                near = [x[e] for e in joined[entry] if (height[e] - n) * step < 0]
                mean[entry] = sum(near) / len(near) if near else x[entry]
            rows[n].sort(key=lambda entry: (mean[entry], str(entry)))
            _spread(rows[n], x)
    top = max(rows)
    return {e: (x[e], 40 + (top - n) * LAYER) for e, n in height.items()}, lines


def _width(entry) -> float:
    """A box is as wide as its name; a point between is a line's width."""
    return 26 + 8.4 * len(label(entry)) if isinstance(entry, str) else 2


def _spread(row: list, x: dict) -> None:
    """Give each entry of a row its middle, alike far apart over the whole width."""
    free = WIDTH - 40 - sum(_width(entry) for entry in row)
    gap, at = free / (len(row) + 1), 20.0
    for entry in row:
        at += gap
        x[entry] = at + _width(entry) / 2
        at += _width(entry)


def label(room: str) -> str:
    return room.removeprefix("studies/")


def draw(rooms: Graph) -> str:
    """The drawing, as the text of an SVG file."""
    layers, edges = layers_of(rooms), drawn_edges(rooms)
    middle, lines = place(rooms, layers, edges)
    height = 40 + max(layers.values()) * LAYER + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="15">',
        "<title>The rooms of ontogeny/: each lies above all that it imports</title>",
        '<rect width="100%" height="100%" fill="white"/>',
    ]
    for (room, one), entries in sorted(lines.items()):
        against = layers[room] <= layers[one]
        colour = f'stroke="{AGAINST}" stroke-dasharray="6 4"' if against else (
            f'stroke="{LINE}"')  # fmt: skip
        parts.append(
            f'<path d="{_path([middle[e] for e in entries])}" fill="none" '
            f'stroke-width="1.6" {colour}><title>{label(room)} imports '
            f"{label(one)}</title></path>"
        )
    for room in sorted(rooms):
        (x, y), width = middle[room], _width(room)
        fill = STUDY if is_study(room) else ROOM
        uses = ", ".join(sorted(map(label, rooms[room]))) or "nothing"
        parts.append(
            f'<g><title>{escape(label(room))} imports {escape(uses)}</title>'
            f'<rect x="{x - width / 2:.1f}" y="{y - BOX / 2:.1f}" rx="5" '
            f'width="{width:.1f}" height="{BOX}" fill="{fill}" stroke="{INK}"/>'
            f'<text x="{x:.1f}" y="{y + 5:.1f}" text-anchor="middle" fill="{INK}">'
            f"{escape(label(room))}</text></g>"
        )  # fmt: skip
    return "\n".join([*parts, "</svg>"]) + "\n"


def _path(points: list[tuple[float, float]]) -> str:
    """From the foot of one box, smoothly through the points, to the top of another."""
    (x, y), *between, (to_x, to_y) = points
    if y == to_y:
        return (
            f"M{x:.1f} {y:.1f}Q{(x + to_x) / 2:.1f} {y - LAYER:.1f} {to_x:.1f} {y:.1f}"
        )
    way = [(x, y + BOX / 2), *between, (to_x, to_y - BOX / 2)]
    text = "M{:.1f} {:.1f}".format(*way[0])
    for (x, y), (to_x, to_y) in pairwise(way):
        half = (y + to_y) / 2
        text += f"C{x:.1f} {half:.1f} {to_x:.1f} {half:.1f} {to_x:.1f} {to_y:.1f}"
    return text


def tabulate(rooms: Graph) -> str:
    """Rooms from the highest layer down: what each is and which ones it imports."""
    modules, layers = read_modules(), layers_of(rooms)
    lines = ["| room | what it is | imports |", "|---|---|---|"]
    for room in sorted(rooms, key=lambda room: (-layers[room], room)):
        uses = ", ".join(sorted(map(label, rooms[room]))) or "–"
        lines.append(f"| `{room}` | {_told(room, modules)} | {uses} |")
    return "\n".join(lines) + "\n"


def _told(room: str, modules: dict[str, tuple[ast.Module, str]]) -> str:
    """What a room's docstring begins with; a study's is that of its `about`."""
    if room == FACES:
        names = [name for name, (_, there) in modules.items() if there == FACES]
        short = ", ".join(name.rpartition(".")[2] for name in names)
        return f"names for users, which stay where modules move: {short}"
    name = "ontogeny." + room.replace("/", ".")
    tree, _ = modules.get(f"{name}.about") or modules[name]
    return " ".join((ast.get_docstring(tree) or "").partition("\n\n")[0].split())


def write_page(text: str, rooms: Graph) -> str:
    """The page with its table made anew."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}{tabulate(rooms)}{END}{rest.partition(END)[2]}"


def main() -> None:
    rooms = read_rooms()
    DRAWING.write_text(draw(rooms), encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(write_page(text, rooms), encoding="utf-8")


if __name__ == "__main__":
    main()
