"""One page's WebSocket, as docs/live.md says."""
import asyncio
import json
import time

from aiohttp import WSMsgType, web

from .clock import iso, now


def covers(pattern, topic):
    wanted, levels = pattern.split("/"), topic.split("/")
    for index, word in enumerate(wanted):
        if word == "#":
            return True
        if index >= len(levels) or word not in ("+", levels[index]):
            return False
    return len(wanted) == len(levels)


class Socket:
    def __init__(self, world, rights, delay):
        self.rights, self.delay, self.arrived = rights, delay, 0
        self.world, self.topics, self.response = world, set(), web.WebSocketResponse(heartbeat=20)
        self.queue = asyncio.Queue()
        self.received = []

    def wants(self, event):
        return self.may(event) and any(covers(topic, event["topic"]) for topic in self.topics)

    def may(self, event):
        return self.rights is None or event.get("needs") is None or event["needs"] in self.rights

    def offer(self, event):
        if self.wants(event):
            self.say(event)

    def say(self, message):
        self.arrived = self.delay.due(time.monotonic(), self.arrived)
        self.queue.put_nowait((self.arrived, message))

    async def run(self, request):
        await self.response.prepare(request)
        self.world.sockets.add(self)
        self.say({"type": "hello", "server": "martlet", "version": "0.1.0-fake", "now": iso(now()), "last": self.world.number, **({"public": True} if self.rights == [] else {})})
        sender = asyncio.create_task(self.send())
        try:
            async for frame in self.response:
                if frame.type == WSMsgType.TEXT:
                    self.take(json.loads(frame.data))
        finally:
            self.world.sockets.discard(self)
            sender.cancel()
        return self.response

    async def send(self):
        while True:
            at, message = await self.queue.get()
            if (wait := at - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            try:
                await self.response.send_str(json.dumps({key: value for key, value in message.items() if key != "needs"}))
            except (ConnectionError, RuntimeError):
                return

    def take(self, message):
        self.received.append(message)
        kind, topics = message.get("type"), message.get("topics", [])
        if kind == "subscribe":
            fresh = [topic for topic in topics if topic not in self.topics]
            after = message.get("after")
            if after is not None and after < self.world.forgotten:
                self.say({"type": "gap", "after": after, "next": self.world.events[0]["n"] if self.world.events else self.world.number + 1})
            past = [event for event in self.world.events if self.may(event) and any(covers(topic, event["topic"]) for topic in fresh)]
            past = past[-message.get("recent", 100):] if after is None else [event for event in past if event["n"] > after]
            for event in past:
                self.say(event)
            self.topics.update(topics)
            self.say({"type": "subscribed", "id": message.get("id"), "topics": topics, "last": self.world.number})
        elif kind == "unsubscribe":
            self.topics.difference_update(topics)
            self.say({"type": "unsubscribed", "id": message.get("id"), "topics": topics})
        elif kind == "ping":
            self.say({"type": "pong", "id": message.get("id")})
        else:
            self.say({"type": "error", "code": "bad_message", "detail": "unknown type", "id": message.get("id")})
