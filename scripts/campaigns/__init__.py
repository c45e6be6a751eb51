# SPDX-License-Identifier: Apache-2.0
"""Campaigns: scripts/campaign.py runs one, scripts/report.py makes its page."""
