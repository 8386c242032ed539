"""boto3 against an AgentCore: the jobs on standard input, one line of JSON for each that is done.

A job has `call`, the name of an operation, its arguments, and `credentials` when they come from where
the environment says (`AWS_…`).
"""

import json
import sys

import boto3
import botocore.config
import botocore.exceptions

client = boto3.client(
    "bedrock-agentcore", config=botocore.config.Config(retries={"max_attempts": 2, "mode": "standard"})
)
for line in sys.stdin:
    job = json.loads(line)
    arguments = job["arguments"]
    if "payload" in arguments:
        arguments["payload"] = arguments["payload"].encode()
    try:
        answer = getattr(client, job["call"])(**arguments)
        metadata = answer.pop("ResponseMetadata")
        if "response" in answer:
            answer["response"] = answer["response"].read().decode()
        result = {"status": metadata["HTTPStatusCode"], "attempts": metadata["RetryAttempts"] + 1, **answer}
    except botocore.exceptions.ClientError as error:
        metadata = error.response["ResponseMetadata"]
        result = {
            "status": metadata["HTTPStatusCode"],
            "attempts": metadata["RetryAttempts"] + 1,
            "code": error.response["Error"]["Code"],
            "message": error.response["Error"].get("Message", ""),
        }
    print(json.dumps(result), flush=True)
