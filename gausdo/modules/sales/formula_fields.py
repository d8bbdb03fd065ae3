"""What a formula may ask of a deal beside the fields that were added."""

from gausdo.kernel.formulas import DATE, MONEY, NUMBER, TEXT, TIME, Source
from gausdo.modules.sales.contract import StageKind
from gausdo.platform.custom_formulas import Own, own

DEAL: Own = {
    "worth": Source(MONEY, {"op": "sum"}),
    "probability": own("probability", NUMBER),
    "expected_on": own("expected_on", DATE),
    "created_at": own("created_at", TIME),
    "stage_since": own("stage_since", TIME),
    "closed_at": own("closed_at", TIME),
    "title": own("title", TEXT),
    "about": own("about", TEXT),
    "lost_reason": own("lost_reason", TEXT),
    "kind": Source(TEXT, {"op": "own", "column": "kind"}, {kind: kind for kind in StageKind}),
}
