namespace PortGen.Status;

/// <summary>The states as they are told outside.</summary>
internal static class StateNames
{
    public static string Of(PortState state) => state switch
    {
        PortState.Pending => "pending",
        PortState.Bound => "bound",
        PortState.Serving => "serving",
        PortState.Draining => "draining",
        PortState.Failed => "failed",
        _ => "released",
    };
}
