"""Fills the database of the stack that Martlet is compared with: rooms, devices with keys, bookings.

usage: classroomstack_fill.py KEYS-FILE DEVICES BOOKINGS
"""

import secrets
import sys
from datetime import timedelta

from classrooms import bookings
from classroomstack import Base, Booking, Classroom, Device, Session, engine

path, devices, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
Base.metadata.create_all(engine)
with Session(engine) as session, open(path, "w") as keys:
    session.add_all(Classroom(id=room, name=f"Room {room}") for room in range(devices))
    session.flush()
    for room in range(devices):
        key = secrets.token_urlsafe(32)
        session.add(Device(device_id=f"ESP{room:04}", classroom_id=room, api_key=key))
        keys.write(f"ESP{room:04} {key}\n")
    session.flush()
    session.add_all(Booking(classroom_id=room, start_time=begin, end_time=begin + timedelta(hours=1)) for room, begin in bookings(devices, count))
    session.commit()
