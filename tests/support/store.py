"""An object store on the loopback, for the tests: S3 as moto has it.

Makes a bucket `lake`, prints the port it listens at, and ends when its input does.
"""

import sys

import boto3
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
_, port = server.get_host_and_port()
client = boto3.client(
    "s3",
    endpoint_url=f"http://127.0.0.1:{port}",
    region_name="us-east-1",
    aws_access_key_id="me",
    aws_secret_access_key="s3cret",
)
client.create_bucket(Bucket="lake")
print(port, flush=True)
sys.stdin.read()
server.stop()
