// TwinServer, floor 7: the engine on the network.
//
// Data flow: HTTPRequest → Router: RoutePath (tenant, world, which wing) → Authenticator (a Principal, or 401)
//            → limits → a wing with the principal's Session → HTTPResponse, dressed with what every answer carries.
//            NuriServer opens the tenants' folders, listens, drains and closes.
//
// The router is a function of a request and works without sockets; the listeners only carry. Knows nothing of what
// twins are made of: the wings do.
//
// Imported by: the command line, floor 8.
