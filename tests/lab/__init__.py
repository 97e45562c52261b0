# SPDX-License-Identifier: Apache-2.0
"""The simulated site that the demo and the tests share."""
