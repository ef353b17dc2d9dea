namespace PortGen.Configuration;

/// <summary>Where an effective value comes from; the text is made on demand, because that may read a file.</summary>
/// <param name="Configured">The configured value that decided; <see langword="null"/> for the attribute.</param>
internal readonly record struct ValueSource(ConfiguredValue? Configured)
{
    /// <summary>Such as <c>environment variable REST_PORT</c> or <c>its attribute</c>.</summary>
    public override string ToString() => Configured?.Describe() ?? "its attribute";
}
