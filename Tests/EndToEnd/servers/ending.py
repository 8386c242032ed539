"""A server that agrees to announce its changes, and at once ends the request that asked for it."""

from raw import Server

server = Server("ending")


@server.on("subscriptions/listen")
def listen(message: dict) -> None:
    agreed = {"_meta": {"io.modelcontextprotocol/subscriptionId": message["id"]}, "notifications": {}}
    server.notify("notifications/subscriptions/acknowledged", agreed)
    server.notify("notifications/cancelled", {"requestId": message["id"]})


server.run()
