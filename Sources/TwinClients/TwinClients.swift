// TwinClients, floor 2: calls out to others.
//
// An HTTPS client over libcurl and an MQTT client over libmosquitto: bytes out, answers in. Knows nothing of twins.
//
// Imported by: any room above floor 2.
