using MailDaemon.Sandbox.Smtp;

namespace MailDaemon.Sandbox.Graph.Rest;

/// <summary>What the operations of the API share.</summary>
/// <param name="Delivery">Where sent mail goes.</param>
internal sealed record GraphContext(GraphServerOptions Options, GraphFaults Faults, MailDelivery Delivery, TimeProvider Time);
