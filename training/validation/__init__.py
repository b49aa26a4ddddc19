"""Which dates are learnt from and which are tested on."""
