"""An SSH server that lets one user through to other servers, as a bastion does.

bastion.py FOLDER: the folder has its `host_key`, and in `authorized_keys` the keys of the user `loader`. It prints its port, takes down in
FOLDER/log who asked for what, and ends when its standard input does.
"""

import asyncio
import sys
from pathlib import Path

import asyncssh

FOLDER = Path(sys.argv[1])
LOG = (FOLDER / "log").open("a", buffering=1)


class Bastion(asyncssh.SSHServer):
    def connection_lost(self, exc):
        LOG.write("lost\n")

    def begin_auth(self, username):
        if username == "loader":
            return True
        raise asyncssh.PermissionDenied("no such user")

    def connection_requested(self, dest_host, dest_port, orig_host, orig_port):
        LOG.write(f"asked {dest_host}:{dest_port}\n")
        return True


async def main():
    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=Bastion,
        server_host_keys=[str(FOLDER / "host_key")],
        authorized_client_keys=str(FOLDER / "authorized_keys"),
    )
    print(server.get_port(), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
