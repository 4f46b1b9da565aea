"""What the faces of Jobwire share of HTTP: bodies that are bounded in size and time."""
