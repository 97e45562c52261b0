# SPDX-License-Identifier: Apache-2.0
"""One imaginary site in every export format.

`model` is what is true of it, `vsphere`, `ovirt` and `destination` are its catalogue, and there is one writer per
family of formats.  `formats` names them all and says what each cannot tell; `expected` what a check must find.
"""
