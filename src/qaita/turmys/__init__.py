"""SMART TURMYS: incidents, outages, meters, readings and balances of districts.

Nouns: Incident (something broke: from a call, a sensor or a crew), Outage (planned or emergency)
with its Notices, Meter, MeteringDistrict, ReadingBatch (one file of readings), DistrictBalance.
Readings themselves lie in Delta tables (`lake.py`). Law: `law/parameters/outages.yaml`.
"""
