"""What a classroom tracker is made of elsewhere: Flask, SQLAlchemy and PostgreSQL, behind gunicorn; the one endpoint that is measured, with the tables and the
rules that it needs. Contract: docs/classrooms-api.md.

usage: gunicorn classroomstack:app, with DATABASE in the environment
"""

import hmac
import os
from datetime import datetime, timedelta, timezone

from flask import Flask, jsonify, request
from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Index, Integer, String, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Session


class Base(DeclarativeBase):
    pass


class Classroom(Base):
    __tablename__ = "classrooms"
    id = Column(Integer, primary_key=True)
    name = Column(String(100), nullable=False)


class Device(Base):
    __tablename__ = "esp_devices"
    device_id = Column(String(64), primary_key=True)
    classroom_id = Column(ForeignKey("classrooms.id"), nullable=False, unique=True)
    api_key = Column(String(128), nullable=False)
    last_seen = Column(DateTime(timezone=True))


class RoomStatus(Base):
    __tablename__ = "room_status"
    classroom_id = Column(ForeignKey("classrooms.id"), primary_key=True)
    is_occupied = Column(Boolean, nullable=False)
    is_power_on = Column(Boolean, nullable=False)
    updated_at = Column(DateTime(timezone=True), nullable=False)


class Booking(Base):
    __tablename__ = "bookings"
    id = Column(Integer, primary_key=True)
    classroom_id = Column(ForeignKey("classrooms.id"), nullable=False)
    start_time = Column(DateTime(timezone=True), nullable=False)
    end_time = Column(DateTime(timezone=True), nullable=False)
    __table_args__ = (Index("bookings_of", "classroom_id", "start_time"),)


class StatusLog(Base):
    __tablename__ = "status_logs"
    id = Column(Integer, primary_key=True)
    device_id = Column(ForeignKey("esp_devices.device_id"), nullable=False)
    classroom_id = Column(ForeignKey("classrooms.id"), nullable=False)
    is_occupied = Column(Boolean, nullable=False)
    is_power_on = Column(Boolean, nullable=False)
    reported_at = Column(DateTime(timezone=True), nullable=False)
    __table_args__ = (Index("status_logs_of", "classroom_id", "reported_at"),)


# The pool of one worker: as many as it has threads.
engine = create_engine(os.environ["DATABASE"], pool_size=8, max_overflow=0)
app = Flask(__name__)
# A room counts as booked so long before its booking.
AHEAD = timedelta(minutes=15)


@app.post("/api/esp/status")
def status():
    body = request.get_json()
    name, key = request.headers.get("X-Device-Id", ""), request.headers.get("X-API-Key", "")
    now = datetime.now(timezone.utc)
    with Session(engine) as session:
        device = session.get(Device, name)
        if device is None or not hmac.compare_digest(device.api_key, key):
            return jsonify(error="unknown device"), 401
        room = session.get(RoomStatus, device.classroom_id)
        if room is None:
            room = RoomStatus(classroom_id=device.classroom_id)
            session.add(room)
        room.is_occupied, room.is_power_on, room.updated_at = body["is_occupied"], body["is_power_on"], now
        device.last_seen = now
        session.add(StatusLog(
            device_id=name, classroom_id=device.classroom_id, is_occupied=body["is_occupied"], is_power_on=body["is_power_on"], reported_at=now))
        booked = session.execute(
            select(Booking.id).where(
                Booking.classroom_id == device.classroom_id, Booking.start_time <= now + AHEAD, Booking.end_time > now).limit(1)).first() is not None
        answer = {"is_booked": booked, "power_on": booked or body["is_occupied"], "message": "OK"}
        session.commit()
    return jsonify(answer)
