"""The names of those settings that several tests set, in one place."""

# Transport.
HTTPS, MQTTS = "--https", "--mqtts"
CERTIFICATE, KEY = "--tls-cert", "--tls-key"
TRUSTED = "--trusted-proxies"
KEYLESS = "--keyless-devices"
HOSTS = "--hosts"
PUBLIC_ORIGINS = "--public-origins"
PROXY_PROTOCOL = "--proxy-protocol"
OPEN_BEYOND_LOOPBACK = "--open-to-network"

# Limits, without their common beginning MARTLET_LIMIT_ (docs/limits.md).
NO_REQUEST_LIMITS = {"REQUESTS_PER_ADDRESS": 0, "REQUESTS_PER_ACCOUNT": 0, "REQUESTS_PER_DEVICE": 0}


def limits(**values):
    """Limits as the environment of a server."""
    return {f"MARTLET_LIMIT_{name}": str(value) for name, value in values.items()}
