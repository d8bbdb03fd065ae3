"""Values that only the module that keeps them can read: sealed, and found again by equality."""

from gausdo.platform.crypto.fields import Sealed, SealedField
from gausdo.platform.crypto.keys import MODULE, data_keys
from gausdo.platform.crypto.ring import Ring
from gausdo.platform.crypto.vault import Place, Unreadable, Vault

__all__ = ["MODULE", "Place", "Ring", "Sealed", "SealedField", "Unreadable", "Vault", "data_keys"]
