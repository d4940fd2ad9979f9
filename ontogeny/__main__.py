"""`python -m ontogeny`."""

from ontogeny.cli import main

raise SystemExit(main())
