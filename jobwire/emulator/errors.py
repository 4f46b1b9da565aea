"""What a person can mend about an emulator, in a sentence.

EmulatorError
├── TaskDefinitionError   a task cannot be as it is described
├── TaskFileError         a file of tasks cannot be read
├── FolderInUseError      another emulator has the folder
├── StateError            the folder holds the state of another version
└── FaultError            a fault cannot be as it is described
"""

from pathlib import Path


class EmulatorError(Exception):
    """An emulator cannot be opened as it was asked for."""


class TaskDefinitionError(EmulatorError):
    """A task cannot be as it is described."""

    def __init__(self, task_id: str, reason: str) -> None:
        self.task_id = task_id
        super().__init__(f"The task {task_id!r} cannot be: {reason}.")


class TaskFileError(EmulatorError):
    """A file of tasks cannot be read: where, why, and what to do."""

    def __init__(self, place: str, reason: str) -> None:
        self.place = place
        super().__init__(f"{place}: {reason}")


class FolderInUseError(EmulatorError):
    """Another emulator has the folder open."""

    def __init__(self, folder: Path, holder: str) -> None:
        self.folder = folder
        super().__init__(
            f"An emulator already runs in {folder} (process {holder}). Stop it, or give"
            " this one a folder of its own."
        )


class StateError(EmulatorError):
    """The folder holds the state of an emulator of another version."""

    def __init__(self, file: Path, found: int, expected: int) -> None:
        self.file = file
        super().__init__(
            f"{file} has version {found} of the emulator's state, and this is version"
            f" {expected}. Move the file away to begin with an empty state."
        )


class FaultError(EmulatorError):
    """A fault cannot be as it is described."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"The fault cannot be: {reason}.")
