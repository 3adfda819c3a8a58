"""An older name of `refit`, which fits pooled networks as well."""

from trainers.refit import refit as refit_pooled

__all__ = ["refit_pooled"]
