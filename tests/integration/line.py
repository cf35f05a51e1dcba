# SPDX-License-Identifier: MIT
"""A line that is slow, far, or broken: what lies between a member and the hub.

It passes TCP on 127.0.0.1 on to a port there, and never looks at what it
passes.  A member goes through it whose link names its port: Line.through().
"""
import asyncio
import re
import socket
import threading

# So much waits on the line for somebody who does not read: little, so that
# whoever writes feels how fast it is.
WAITING = 16384
PIECE = 2048


class Line:
    """A line to ${port}, until stop().

    rate: bytes a second for all of its connections, each way; up, down: one
    way.  delay_ms: how long each byte takes, each way.  cut_every: all
    connections break off each time so many bytes have passed; cuts: so often
    at most; only: "up" or "down", what of it counts.  What is set later takes
    effect at once.
    """

    def __init__(self, port, rate=0, up=0, down=0, delay_ms=0, cut_every=0,
                 cuts=1 << 30, only=None):
        self.target = port
        self.rate = {"up": up or rate, "down": down or rate}
        self.delay_s = delay_ms / 1000
        self.cut_every, self.cuts, self.only = cut_every, cuts, only
        self.passed = {"up": 0, "down": 0}
        self.accepted = 0
        self.cut = 0  # how often it was
        self.since_cut = 0
        self.stalled = False
        self.is_down = False
        self.free_s = {"up": 0, "down": 0}  # when the next byte may go
        self.open = set()
        self.loop = asyncio.new_event_loop()
        listener = socket.socket()
        # What is accepted has them, too.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WAITING)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, WAITING)
        listener.bind(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        ready = threading.Event()
        self.thread = threading.Thread(target=self.run,
                                       args=(listener, ready), daemon=True)
        self.thread.start()
        ready.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def through(self, link):
        """An invite link, or a code for a device, by way of this line."""
        return re.sub(r"(//[^/:]+):%d\b" % self.target,
                      r"\g<1>:%d" % self.port, link)

    # ---- what happens to it ------------------------------------------------

    def stall(self):
        """Nothing moves, and nothing breaks off."""
        self.stalled = True

    def go_on(self):
        self.stalled = False

    def down(self):
        """All connections break off, and there are no new ones."""
        self.is_down = True
        self.call(self.cut_all)

    def up(self):
        self.is_down = False

    def cut_now(self):
        self.call(self.cut_all)

    def stop(self):
        if self.thread is None:
            return
        self.loop.call_soon_threadsafe(self.stopping.set)
        self.thread.join()
        self.thread = None

    # ---- how it is done ----------------------------------------------------

    def call(self, what):
        done = threading.Event()
        self.loop.call_soon_threadsafe(lambda: (what(), done.set()))
        done.wait()

    def cut_all(self):
        self.since_cut = 0
        for writer in list(self.open):
            writer.transport.abort()

    def run(self, listener, ready):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self.serve(listener, ready))
        self.loop.close()

    async def serve(self, listener, ready):
        self.stopping = asyncio.Event()
        server = await asyncio.start_server(self.pass_on, sock=listener,
                                            limit=WAITING // 2)
        ready.set()
        await self.stopping.wait()
        server.close()
        self.cut_all()
        others = [t for t in asyncio.all_tasks()
                  if t is not asyncio.current_task()]
        for t in others:
            t.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def connect(self):
        s = socket.socket()
        s.setblocking(False)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WAITING)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, WAITING)
        await self.loop.sock_connect(s, ("127.0.0.1", self.target))
        return await asyncio.open_connection(sock=s, limit=WAITING // 2)

    async def pass_on(self, reader, writer):
        if self.is_down:
            writer.transport.abort()
            return
        self.accepted += 1
        try:
            there, to_there = await self.connect()
        except OSError:
            writer.transport.abort()
            return
        both = {writer, to_there}
        self.open |= both
        for w in both:
            w.transport.set_write_buffer_limits(high=WAITING // 2)
        try:
            await asyncio.gather(self.pump(reader, to_there, "up"),
                                 self.pump(there, writer, "down"))
        except (OSError, EOFError, asyncio.CancelledError):
            pass
        finally:
            self.open -= both
            for w in both:
                w.transport.abort()

    async def pump(self, reader, writer, way):
        """Take what comes, and give it on when its time has come."""
        late = asyncio.Queue(64 if self.delay_s else 1)
        giver = asyncio.ensure_future(self.give(late, writer, way))
        try:
            while True:
                data = await reader.read(PIECE)
                put = asyncio.ensure_future(
                    late.put((self.loop.time() + self.delay_s, data)))
                await asyncio.wait({put, giver},
                                   return_when=asyncio.FIRST_COMPLETED)
                if giver.done() or not data:
                    break
            await giver
        finally:
            giver.cancel()

    async def give(self, late, writer, way):
        while True:
            due_s, data = await late.get()
            await self.pace(due_s, len(data), way)
            if not data:
                if not writer.is_closing() and writer.can_write_eof():
                    writer.write_eof()
                return
            writer.write(data)
            await writer.drain()
            self.count(len(data), way)

    async def pace(self, due_s, n, way):
        now = self.loop.time()
        if self.rate[way]:
            due_s = max(due_s, self.free_s[way])
            self.free_s[way] = max(now, due_s) + n / self.rate[way]
        if due_s > now:
            await asyncio.sleep(due_s - now)
        while self.stalled:
            await asyncio.sleep(0.02)

    def count(self, n, way):
        self.passed[way] += n
        if self.only in (None, way):
            self.since_cut += n
        if self.cut_every and self.since_cut >= self.cut_every and \
                self.cuts > 0:
            self.cuts -= 1
            self.cut += 1
            self.cut_all()
