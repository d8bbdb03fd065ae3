"""What happens to many deals at once; `contract` hands it on."""

from gausdo.kernel.events import Event
from gausdo.kernel.mass import OfMassEdit


class DealsEdited(OfMassEdit, Event, name="sales.mass-edit-changed.v1"): ...
