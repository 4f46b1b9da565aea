"""`python -m jobwire`."""

import sys

from jobwire.app.cli import main

sys.exit(main())
