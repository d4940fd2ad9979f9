"""Files written whole or not at all, and checked when read: for scripts of one's own.

from ontogeny.files import read_table, write_table

write_table(read_table("in.parquet"), "out.parquet")
"""

from ontogeny.disk.files import (
    numbered_lines,
    read_table,
    write_bytes,
    write_table,
    write_text,
)

__all__ = ["numbered_lines", "read_table", "write_bytes", "write_table", "write_text"]
