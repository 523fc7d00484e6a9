// TwinEvents, floor 6: event routes at work.
//
// Follows the live world's changes, makes CloudEvents of them, and brings them to webhooks and MQTT brokers: signed,
// tried again, at last put among the dead letters. Keeps no world state: only how far each endpoint has come.
//
// Imported by: the server, floor 7.
