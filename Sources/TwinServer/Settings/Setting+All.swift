import TwinEvents
import TwinNet
import TwinValues

/// The table of settings.
extension Setting {
  /// Every setting, in the order of the documentation.
  public static let all: [Setting] = basics + tls + auth + limits + connections + rest

  private static let basics: [Setting] = [
    .text("data", \.data, flag: "data", "The data folder of the tenant that needs no prefix."),
    .structure(
      "tenants", "an object: folders by name",
      "Further tenants: data folders by name, under `/tenants/{name}`.",
      read: { node, configuration throws(NuriError) in
        configuration.tenants = try texts(of: node, "tenants") { TenantName.isLegal($0) }
      }, write: { $1.texts($0.tenants) }),
    .structure(
      "listen", "a list of `address:port`", flag: "listen",
      "Where to listen. Addresses are numeric; `:8080` is every address of the machine, port 0 one the system chooses.",
      read: { node, configuration throws(NuriError) in
        var addresses: [ListenAddress] = []
        for text in try list(node, "listen") {
          do throws(NuriError) { addresses.append(try ListenAddress(text)) } catch {
            throw error.inside(node.place)
          }
        }
        if addresses.isEmpty { throw wrong("listen", "a list of one address at least", node) }
        configuration.listen = addresses
      }, write: { $1.texts($0.listen.map(\.description)) }),
    .number("loops", \.loops, in: 0...256, "", "Threads that serve connections; 0 for one a core."),
    .number(
      "drainMilliseconds", \.drainMilliseconds, in: 0...3_600_000, "ms",
      "How long requests under way may take once the server was asked to stop."),
  ]

  private static let tls: [Setting] = [
    .flag(
      "tls.on", \.tls.isOn, flag: "tls",
      "Encrypts. Without given certificates it makes an authority and a certificate of its own in `tls` of the data folder."
    ),
    .texts(
      "tls.names", \.tls.names, flag: "tls-name",
      "Names of the server's own certificate, besides `localhost`, `127.0.0.1` and `::1`."),
    .structure(
      "tls.certificates", "a list of `{\"chain\": file, \"key\": file}`",
      "Given certificates, PEM, the server's first in the chain. Read anew when the files change and on SIGHUP.",
      read: { node, configuration throws(NuriError) in
        configuration.tls.certificates = try certificates(node)
        configuration.tls.isOn = !configuration.tls.certificates.isEmpty || configuration.tls.isOn
      },
      write: { configuration, writer in
        writer.beginArray()
        for pair in configuration.tls.certificates {
          writer.texts(["chain": pair.chainPath, "key": pair.keyPath])
        }
        writer.endArray()
      }),
    .text(
      "tls.clientAuthorities", \.tls.clientAuthorities,
      "PEM file of the authorities whose clients' certificates are accepted; empty for none."),
    .flag(
      "tls.clientRequired", \.tls.requiresClientCertificate,
      "Refuses a client without a certificate before it can ask anything."),
  ]

  private static let auth: [Setting] = [
    .structure(
      "auth.issuers",
      "a list of `{\"issuer\", \"audience\", \"keysURL\"|\"keysFile\", \"rolesClaim\", \"roles\", \"groupsClaim\", \"nameClaim\", \"tenants\", \"clientId\", \"clientSecretFile\", \"redirect\", \"scope\", \"label\"}`",
      "Issuers of JSON Web Tokens. Without keys' URL or file the issuer's discovery document is asked. People may sign in by those with a `clientId`.",
      read: { node, configuration throws(NuriError) in
        configuration.auth.issuers = try items(node, "auth.issuers").map { node throws(NuriError) in
          try AuthSettings.Issuer(node)
        }
      },
      write: { configuration, writer in
        writer.beginArray()
        for issuer in configuration.auth.issuers { issuer.write(to: &writer) }
        writer.endArray()
      }),
    .structure(
      "auth.certificates", "a list of `{\"subject\", \"roles\", \"groups\", \"tenants\"}`",
      "Who client certificates stand for: by subject (`CN=pump-7`) or alternative name (`DNS:pump-7.example`), `*` for any; the first that fits.",
      read: { node, configuration throws(NuriError) in
        configuration.auth.certificates = try items(node, "auth.certificates").map { node throws(NuriError) in
          try AuthSettings.Certificate(node)
        }
      },
      write: { configuration, writer in
        writer.beginArray()
        for certificate in configuration.auth.certificates { certificate.write(to: &writer) }
        writer.endArray()
      }),
    .number(
      "auth.clockSkewSeconds", \.auth.clockSkewSeconds, in: 0...600, "s", "How far tokens' clocks may be off."
    ),
    .number(
      "auth.refreshSeconds", \.auth.refreshSeconds, in: 10...86_400, "s",
      "How often issuers' keys are fetched again; an unknown key has them fetched at once, at most every 10 s."
    ),
    .text(
      "auth.keyAuthorities", \.auth.keyAuthorities,
      "PEM file of the authorities that issuers' servers are trusted by; empty for the system's."),
    .number(
      "auth.ticketSeconds", \.auth.ticketSeconds, in: 1...600, "s",
      "How long a ticket for a browser's WebSocket or event stream is good. It is good once."),
  ]

  private static let limits: [Setting] = [
    .number(
      "limits.requestsPerSecond", \.limits.requestsPerSecond, in: 0...10_000_000, "/s",
      "Requests one principal may make; 0 for any number. More: 429."),
    .number(
      "limits.requestBurst", \.limits.requestBurst, in: 1...100_000_000, "",
      "Requests one principal may make at once before the rate holds it."),
    .number(
      "limits.requestsInFlight", \.limits.requestsInFlight, in: 1...1_000_000, "",
      "Requests under way in the whole server. More are shed: 503."),
    .number(
      "limits.failedSignInsPerMinute", \.limits.failedSignInsPerMinute, in: 1...1_000_000, "/min",
      "Failed sign-ins from one address. More: 429, whatever is shown."),
    .number(
      "limits.longRequests", \.limits.longRequests, in: 1...1_000_000, "",
      "Queries of the Azure API and uploads that run or wait at once. More: 503."),
    .number(
      "limits.queryMilliseconds", \.limits.queryMilliseconds, in: 0...3_600_000, "ms",
      "One page of a query; 0 for any time. More: 503."),
    .number(
      "limits.longRequestThreads", \.limits.longRequestThreads, in: 1...256, "", "Threads for them."),
    .number(
      "limits.uploadBytes", \.limits.uploadBytes, in: 1...(1 << 50), "B",
      "The largest uploaded file. More: 413."),
    .number(
      "limits.uploadedBytes", \.limits.uploadedBytes, in: 1...(1 << 50), "B",
      "All uploaded files of a tenant. More: 507."),
    .number(
      "limits.readyFreeBytes", \.limits.readyFreeBytes, in: 0...(1 << 50), "B",
      "`/ready` says no when less disk than this is free."),
  ]

  private static let rest: [Setting] = [
    .text(
      "page.folder", \.page.folder, flag: "page",
      "The folder of the page that is served at `/` and `/page/`; empty for none. Read at the start and on SIGHUP."
    ),
    .flag(
      "page.reload", \.page.reloads, "Reads the page's files again for every request, for work on the page."),
    .texts(
      "cors.origins", \.cors.origins, "Origins whose pages may ask, exactly: `https://twins.example.com`.",
      check: CORSSettings.fault),
    .number(
      "cors.maxAgeSeconds", \.cors.maxAgeSeconds, in: 0...86_400, "s",
      "How long browsers may keep a preflight."),
    .structure(
      "log.level", "`info`, `warning` or `error`", "The least level of log lines.",
      read: { node, configuration throws(NuriError) in
        guard let level = node.string.flatMap(LogSettings.Level.init) else {
          throw wrong("log.level", "info, warning or error", node)
        }
        configuration.log.level = level
      }, write: { $1.string($0.log.level.rawValue) }),
    .number(
      "log.requestsPerSecond", \.log.requestsPerSecond, in: 0...1_000_000, "/s",
      "Lines about requests at most; the next line says how many were left out."),
    .number(
      "log.slowMilliseconds", \.log.slowMilliseconds, in: 0...3_600_000, "ms",
      "A request that took this long is logged whatever the level; 0 for never."),
    .flag("audit.reads", \.auditsReads, "Writes reads into the audit log too."),
    .number(
      "audit.keepDays", \.auditKeepDays, in: 0...36_500, "days",
      "Files of audit entries that are all older are dropped, and that is entered; 0 keeps them for ever."),
    .flag("metrics.open", \.opensMetrics, "Answers `/metrics` without a credential."),
    .text("events.source", \.eventSource, "What the server calls itself in events (`source`)."),
    .structure(
      "events.endpoints", "an object: endpoints by name", "Where event routes lead ([events.md](events.md)).",
      read: { node, configuration throws(NuriError) in
        guard node.kind == .object else {
          throw wrong("events.endpoints", "an object: endpoints by name", node)
        }
        configuration.endpoints = [:]
        for (name, value) in node.members {
          do throws(NuriError) { _ = try EventEndpoint(value, name: name, secret: SecretFile.read) } catch {
            throw NuriError(.invalidSetting, error.message, at: value.place, advice: error.advice)
          }
          configuration.endpoints[name] = Array(value.sourceText.utf8)
        }
      },
      write: { configuration, writer in
        writer.beginObject()
        for (name, value) in configuration.endpoints.sorted(by: { $0.key < $1.key }) {
          writer.key(name)
          Masked.write(value, to: &writer)
        }
        writer.endObject()
      }),
  ]
}
