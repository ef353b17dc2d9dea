using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace VectorDb.OAuth;

/// <summary>
/// Keeps the keys of data protection in memory. Authentication brings it along for cookies, which are not used here; left alone, it would put a
/// key into the user's home.
/// </summary>
internal sealed class TransientKeys : IXmlRepository
{
    private readonly List<XElement> _keys = [];

    public static void Use(IServiceCollection services) => services.Configure<KeyManagementOptions>(static options => options.XmlRepository = new TransientKeys());

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        lock (_keys)
        {
            return [.. _keys];
        }
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        lock (_keys)
        {
            _keys.Add(element);
        }
    }
}
