"""The closed sets of audit entries and events. Pure; rules and the schema import them too."""

import enum


class Origin(enum.StrEnum):
    """Through what a change came about; an import never notifies candidates."""

    UI = "UI"
    API = "API"
    IMPORT = "IMPORT"
    AUTOMATION = "AUTOMATION"
    UNDO = "UNDO"
