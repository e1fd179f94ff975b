"""The names of those settings that several tests set, in one place."""

# Transport.
HTTPS, MQTTS = "--https", "--mqtts"
CERTIFICATE, KEY = "--tls-cert", "--tls-key"
TRUSTED = "--trusted-proxies"
PROXY_PROTOCOL = "--proxy-protocol"
OPEN_BEYOND_LOOPBACK = "--open-anyway"
