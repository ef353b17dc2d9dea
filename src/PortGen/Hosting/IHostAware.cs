namespace PortGen.Hosting;

/// <summary>A service that runs a host of its own inside the application's. It is told of that one by this, so that its constructor stays its author's.</summary>
internal interface IHostAware
{
    /// <summary>Called once, before the first start.</summary>
    /// <param name="services">The application's container.</param>
    void Attach(IServiceProvider services);
}
