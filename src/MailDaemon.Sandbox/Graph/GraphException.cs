namespace MailDaemon.Sandbox.Graph;

/// <summary>A refusal in the words of Microsoft Graph, which the server answers as its error object.</summary>
public sealed class GraphException(GraphError error) : Exception(error.Message)
{
    public GraphException(int status, string code, string message)
        : this(new GraphError(status, code, message))
    {
    }

    public GraphError Error => error;

    public static GraphException NotFound() => new(GraphError.ItemNotFound);

    public static GraphException MalformedId() => new(400, "ErrorInvalidIdMalformed", "Id is malformed.");

    /// <summary>400 for what stands in the address.</summary>
    public static GraphException BadUri(string message) => new(400, "RequestBroker--ParseUri", message);

    /// <summary>400 for a body that cannot be read.</summary>
    public static GraphException BadBody(string message) => new(400, "UnableToDeserializePostBody", message);

    public static GraphException InvalidRequest(string message) => new(400, "ErrorInvalidRequest", message);

    public static GraphException AccessDenied() => new(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.");

    public static GraphException TooLarge() => new(413, "ErrorMessageSizeExceeded", "The message exceeds the maximum supported size.");

    public static GraphException FolderExists(string name) => new(409, "ErrorFolderExists", $"A folder with the specified name already exists., Could not create folder '{name}'.");

    /// <summary>A query parameter that change tracking has not.</summary>
    public static GraphException NotWithDelta(string parameter) =>
        new(400, "ErrorInvalidUrlQuery", $"The following parameters are not supported with change tracking over the 'Messages' resource: '{parameter}'.");
}
